"""Signing in, sessions, passwords, throttling, same-origin writes and headers, through the gateway."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from gateway.identity import passwords
from gateway.identity.accounts import Identity
from gateway.identity.devices import device
from gateway.identity.store_sqlite import SqliteIdentityStore
from kernel.decider import Refused
from kernel.ids import uuid7
from services.directory.messages import OpenAccount, RegisterPerson
from tests.stamps import ids
from tests.world import PASSWORD, Client, World

NEW = "con trâu đi qua cầu gỗ"


def sign_in(client: Client, login: str, password: str = PASSWORD) -> int:
    return client.post("/api/v1/session", json={"login": login, "password": password}).status_code


def test_who_signs_in_is_known_until_they_sign_out(world: World) -> None:
    ana = world.client("ana")
    assert ana.ok("GET", "/session")["full_name"] == "Đại biểu Ana"
    ana.ok("POST", "/sign-out")
    assert ana.refused("GET", "/session") == (401, "not_signed_in")


def test_an_old_token_is_worthless_after_sign_out(world: World) -> None:
    ana = world.client("ana")
    token = ana.cookies["s"]
    ana.ok("POST", "/sign-out")
    thief = world.anonymous()
    thief.cookies.set("s", token)
    assert thief.refused("GET", "/session") == (401, "not_signed_in")


def test_the_cookie_is_for_http_alone_and_never_crosses_sites(world: World) -> None:
    world.client("ana")
    answer = world.anonymous().post("/api/v1/session", json={"login": "ana", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("s=") and "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    world = World(tmp_path / "secure", public_url="https://hop.tanphu.gov.vn")
    try:
        world.embedded.identity.set_password(world.person("ana"), "ana", PASSWORD)
        answer = world.anonymous().post("/api/v1/session", json={"login": "ana", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-s=") and "; Secure" in cookie and "domain" not in cookie.lower()
    finally:
        world.close()


def test_signing_in_again_ends_the_session_this_browser_had(world: World) -> None:
    ana = world.client("ana")
    first = ana.cookies["s"]
    assert sign_in(ana, "ana") == 200
    assert ana.cookies["s"] != first
    assert world.embedded.identity.subject_of(first) is None


def test_unknown_login_and_wrong_password_get_the_same_answer(world: World) -> None:
    world.client("ana")
    client = world.anonymous()
    answers = [
        client.post("/api/v1/session", json={"login": login, "password": "sai mật khẩu rồi nhé"})
        for login in ("ana", "nobody")
    ]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].json() == answers[1].json()


def test_a_login_is_the_same_however_it_was_typed(world: World) -> None:
    world.client("ana")
    assert sign_in(world.anonymous(), " ANA ") == 200


def test_a_password_is_the_same_composed_or_decomposed(world: World) -> None:
    import unicodedata

    world.client("ana")
    assert sign_in(world.anonymous(), "ana", unicodedata.normalize("NFD", PASSWORD)) == 200


def test_an_idle_session_ends(world: World) -> None:
    ana = world.client("ana")
    world.now += timedelta(minutes=29)
    ana.ok("GET", "/session")
    world.now += timedelta(minutes=29)
    ana.ok("GET", "/session")
    world.now += timedelta(minutes=30)
    assert ana.refused("GET", "/session") == (401, "not_signed_in")


def test_a_session_in_steady_use_still_ends_after_its_longest_life(world: World) -> None:
    ana = world.client("ana")
    for _ in range(35):
        world.now += timedelta(minutes=20)
        ana.ok("GET", "/session")
    world.now += timedelta(minutes=20)
    assert ana.refused("GET", "/session") == (401, "not_signed_in")


def test_five_wrong_guesses_make_the_sixth_wait_but_never_lock_the_account(world: World) -> None:
    world.client("ana")
    guesser = world.anonymous()
    assert [sign_in(guesser, "ana", "sai mật khẩu rồi nhé") for _ in range(5)] == [401] * 5
    refused = guesser.post("/api/v1/session", json={"login": "ana", "password": PASSWORD})
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 15
    world.now += timedelta(seconds=int(refused.headers["retry-after"]))
    assert sign_in(guesser, "ana") == 200
    assert sign_in(guesser, "ana", "sai mật khẩu rồi nhé") == 401


def test_the_wait_grows_with_every_further_wrong_guess(world: World) -> None:
    guesser = world.anonymous()
    waits = []
    for _ in range(9):
        answer = guesser.post("/api/v1/session", json={"login": "nobody", "password": "sai mật khẩu rồi nhé"})
        if answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            world.now += timedelta(seconds=waits[-1])
    assert waits == [15, 30]


def test_guesses_side_by_side_count_like_guesses_one_by_one(world: World) -> None:
    identity = world.embedded.identity
    outcomes: list[str] = []

    def guess() -> None:
        try:
            identity.sign_in("nobody", "sai mật khẩu rồi nhé", "192.0.2.1")
        except Exception as error:
            outcomes.append(error.args[0])

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("sign_in_failed") == 5 and outcomes.count("too_many_sign_ins") == 15


def test_one_address_guessing_many_logins_is_slowed_down(world: World) -> None:
    identity = world.embedded.identity
    for number in range(50):
        with pytest.raises(Refused):
            identity.sign_in(f"nobody{number}", "x", "2001:db8::1")
    with pytest.raises(Exception, match="too_many_sign_ins"):
        identity.sign_in("another", "x", "2001:db8::2")
    with pytest.raises(Refused):
        identity.sign_in("another", "x", "2001:db8:1::1")


def test_a_changed_password_ends_every_other_session(world: World) -> None:
    here, there = world.client("ana"), world.anonymous()
    assert sign_in(there, "ana") == 200
    here.ok("POST", "/me/password", {"current_password": PASSWORD, "new_password": NEW})
    here.ok("GET", "/session")
    assert there.refused("GET", "/session") == (401, "not_signed_in")
    assert sign_in(there, "ana") == 401
    assert sign_in(there, "ana", NEW) == 200


def test_a_password_is_changed_only_by_who_knows_the_present_one(world: World) -> None:
    change = {"current_password": "không phải câu này", "new_password": NEW}
    assert world.client("ana").refused("POST", "/me/password", change) == (403, "wrong_password")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn quá", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("tôi là an.nguyen đây", "password_names_you"),
        ("NguyenThiAn-vao-lam", "password_names_you"),
        ("Matkhau123456", "password_too_common"),
        ("aaaaaaaaaaaaaa", "password_too_common"),
        ("qwertyuiop1234", "password_too_common"),
        ("HDND@UBND2025!", "password_too_common"),
    ],
)
def test_a_password_that_would_be_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        passwords.check_acceptable(password, "an.nguyen", "Nguyễn Thị An")
    assert refusal.value.code == code


@pytest.mark.parametrize("password", [NEW, PASSWORD, "correct horse battery staple", "Tr0ng-Đầm-gì-đẹp-bằng-sen"])
def test_a_few_unrelated_words_are_a_good_password(password: str) -> None:
    passwords.check_acceptable(password, "an.nguyen", "Nguyễn Thị An")


def test_hashes_with_old_parameters_are_renewed_at_sign_in(world: World) -> None:
    from argon2 import PasswordHasher

    world.client("ana")
    identity = world.embedded.identity
    weak = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash(passwords.normal(PASSWORD))
    identity._store.change("UPDATE accounts SET password_hash = ? WHERE login = 'ana'", weak)
    assert sign_in(world.anonymous(), "ana") == 200
    kept = identity._store.rows("SELECT password_hash FROM accounts WHERE login = 'ana'")[0]["password_hash"]
    assert kept != weak and "m=19456,t=2,p=1" in kept


def test_the_file_holds_neither_tokens_nor_codes_nor_passwords(world: World) -> None:
    token = world.client("ana").cookies["s"]
    admin = world.client("admin")
    code = admin.ok("POST", f"/people/{world.person('ana')}/account/code")["activation_code"]
    with closing(sqlite3.connect(world.settings.data_dir / "identity.db")) as connection:
        content = "\n".join(connection.iterdump())
    for secret in (token, code, code.replace("-", ""), PASSWORD):
        assert secret not in content


def test_own_sessions_are_listed_and_ended(world: World) -> None:
    here, there = world.client("ana"), world.anonymous()
    sign_in(there, "ana")
    listed = here.ok("GET", "/sessions")
    assert sorted(each["current"] for each in listed) == [False, True]
    other = next(each for each in listed if not each["current"])
    assert world.client("ben").refused("POST", f"/sessions/{other['id']}/end") == (404, "not_found")
    here.ok("POST", f"/sessions/{other['id']}/end")
    assert there.refused("GET", "/session") == (401, "not_signed_in")
    sign_in(there, "ana")
    here.ok("POST", "/sessions/end-others")
    assert there.refused("GET", "/session") == (401, "not_signed_in")
    assert [each["current"] for each in here.ok("GET", "/sessions")] == [True]


def test_an_activation_code_sets_the_first_password_once(world: World) -> None:
    admin, new = world.client("admin"), world.anonymous()
    person = admin.ok("POST", "/people", {"full_name": "Lê Mới Đến"})["id"]
    opened = admin.ok("POST", f"/people/{person}/account", {"login": "le.moi"})
    body = {"login": "le.moi", "code": opened["activation_code"].lower().replace("-", " "), "new_password": NEW}
    weak = {**body, "new_password": "ngắn quá"}
    assert new.refused("POST", "/activation", weak) == (422, "password_too_short")
    assert new.ok("POST", "/activation", body)["full_name"] == "Lê Mới Đến"
    new.ok("GET", "/session")
    assert new.refused("POST", "/activation", body) == (401, "activation_failed")
    assert sign_in(world.anonymous(), "le.moi", NEW) == 200


def test_an_activation_code_expires(world: World) -> None:
    code = world.client("admin").ok("POST", f"/people/{world.person('ana')}/account/code")["activation_code"]
    world.now += timedelta(days=14, seconds=1)
    body = {"login": "ana", "code": code, "new_password": NEW}
    assert world.anonymous().refused("POST", "/activation", body) == (401, "activation_failed")


def test_a_new_code_replaces_the_old_one_and_leaves_the_password(world: World) -> None:
    admin, ana = world.client("admin"), world.client("ana")
    old = admin.ok("POST", f"/people/{ana.person_id}/account/code")["activation_code"]
    admin.ok("POST", f"/people/{ana.person_id}/account/code")
    body = {"login": "ana", "code": old, "new_password": NEW}
    assert world.anonymous().refused("POST", "/activation", body) == (401, "activation_failed")
    assert sign_in(world.anonymous(), "ana") == 200


def test_a_closed_account_is_signed_out_at_once_and_opens_again_only_with_a_code(world: World) -> None:
    admin, ana = world.client("admin"), world.client("ana")
    admin.ok("POST", f"/people/{ana.person_id}/account/closure", {"reason": "Nghỉ việc"})
    assert ana.refused("GET", "/session") == (401, "not_signed_in")
    assert sign_in(world.anonymous(), "ana") == 401
    assert admin.refused("POST", f"/people/{ana.person_id}/account/code") == (409, "no_open_account")
    code = admin.ok("POST", f"/people/{ana.person_id}/account", {"login": "ana"})["activation_code"]
    assert sign_in(world.anonymous(), "ana") == 401
    world.anonymous().ok("POST", "/activation", {"login": "ana", "code": code, "new_password": NEW})


def test_nobody_closes_their_own_account_or_drops_their_own_administration(world: World) -> None:
    admin = world.client("admin")
    closing = admin.refused("POST", f"/people/{admin.person_id}/account/closure", {"reason": "Thử"})
    assert closing == (409, "own_account")
    dropping = admin.refused("POST", f"/people/{admin.person_id}/roles/withdrawal", {"role": "administrator"})
    assert dropping == (409, "own_administrator_role")


def test_one_login_goes_to_one_of_many_who_race_for_it(world: World) -> None:
    people = [uuid7() for _ in range(12)]
    for number, person in enumerate(people):
        world.execute(RegisterPerson, person_id=person, full_name=f"Người {number}")
    outcomes: list[str] = []

    def claim(person: object) -> None:
        try:
            world.execute(OpenAccount, person_id=person, login="ca.hai")
            outcomes.append("opened")
        except Refused as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=claim, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["login_taken"] * 11 + ["opened"]


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://127.0.0.1"}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1.evil.example"}, False),
        ({"origin": "http://evil.example", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_a_write_from_another_site_is_refused(shared_world: World, headers: dict[str, str], accepted: bool) -> None:
    answer = shared_world.anonymous().post(
        "/api/v1/session", json={"login": "nobody-at-all", "password": "x"}, headers=headers
    )
    assert (answer.json()["code"] != "cross_site") is accepted
    shared_world.now += timedelta(hours=1)


def test_every_answer_tells_the_browser_to_trust_only_this_site(shared_world: World) -> None:
    for path in ("/sign-in", "/api/v1/session", "/nowhere", "/live"):
        headers = shared_world.anonymous().get(path).headers
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "x"])
def test_sign_in_leads_back_only_to_pages_of_this_site(shared_world: World, target: str) -> None:
    page = shared_world.anonymous().get("/sign-in", params={"next": target}, headers={"accept": "text/html"})
    assert 'data-then="/"' in page.text


def test_a_page_asks_to_sign_in_and_comes_back(shared_world: World) -> None:
    page = shared_world.anonymous().get("/people?q=an&page=2", headers={"accept": "text/html"}, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/people%3Fq%3Dan%26page%3D2")
    part = shared_world.anonymous().get("/people", headers={"accept": "text/html", "hx-request": "true"})
    assert part.status_code == 401 and part.headers["hx-refresh"] == "true"


def test_secrets_survive_a_restart(tmp_path: Path, world: World) -> None:
    path = tmp_path / "identity.db"
    first = Identity(SqliteIdentityStore(path), world.settings, lambda: world.now)
    first.set_password(str(ids("ana")), "ana", PASSWORD)
    token = first.sign_in("ana", PASSWORD, "192.0.2.1")
    first.close()
    second = Identity(SqliteIdentityStore(path), world.settings, lambda: world.now)
    assert second.subject_of(token) == str(ids("ana"))
    assert path.stat().st_mode & 0o077 == 0
    second.close()


def test_people_recognise_their_devices() -> None:
    chrome = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
    )
    assert device(chrome) == "Chrome, Windows"
    assert device("testclient") == "testclient"
    assert device("") == "?"


@pytest.mark.parametrize(("proxies", "seen"), [("127.0.0.0/8", "203.0.113.7"), ("192.0.2.1", "127.0.0.1")])
def test_only_a_proxy_that_is_trusted_says_where_somebody_comes_from(tmp_path: Path, proxies: str, seen: str) -> None:
    world = World(tmp_path, trusted_proxies=proxies)
    try:
        world.enable("ana")
        with httpx2.Client(base_url=world.serve(), headers={"x-forwarded-for": "203.0.113.7"}, timeout=60) as ana:
            ana.post("/api/v1/session", json={"login": "ana", "password": PASSWORD}).raise_for_status()
            assert [each["address"] for each in ana.get("/api/v1/sessions").json()] == [seen]
    finally:
        world.close()
