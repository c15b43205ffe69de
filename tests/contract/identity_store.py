"""What every place where identity is kept must do. `reopen` gives another store over the same secrets, as another
gateway has it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from gateway.identity.accounts import Identity
from gateway.identity.signing_addresses import Direction, Offer
from gateway.identity.store import IdentityStore
from gateway.problems import TryLater
from kernel.decider import Refused
from kernel.settings import Settings
from tests.stamps import ids

PASSWORD = "một mật khẩu dài 2026"
NEW = "con trâu đi qua cầu gỗ"
ANA, BEN = str(ids("ana")), str(ids("ben"))

Reopen = Callable[[], IdentityStore]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class IdentityStoreContract:
    """`here` and `there` are two gateways; in them ana has a password."""

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def here(self, reopen: Reopen, clock: Clock) -> Iterator[Identity]:
        with closing(Identity(reopen(), Settings(), clock)) as identity:
            identity.set_password(ANA, "ana", PASSWORD, "Đại biểu Ana")
            yield identity

    @pytest.fixture
    def there(self, reopen: Reopen, clock: Clock, here: Identity) -> Iterator[Identity]:
        with closing(Identity(reopen(), Settings(), clock)) as identity:
            yield identity

    def test_who_signs_in_at_one_gateway_is_known_at_the_other(self, here: Identity, there: Identity) -> None:
        token = here.sign_in("ana", PASSWORD, "192.0.2.1", "Chrome/142.0")
        assert there.subject_of(token) == there.holder_of(token) == ANA
        (session,) = there.sessions_of(ANA, token)
        assert (session.address, session.agent, session.current) == ("192.0.2.1", "Chrome/142.0", True)

    def test_who_signs_out_at_one_gateway_is_out_at_both(self, here: Identity, there: Identity) -> None:
        token, other = (here.sign_in("ana", PASSWORD, "192.0.2.1") for _ in range(2))
        there.sign_out(token)
        assert (here.subject_of(token), there.subject_of(token)) == (None, None)
        assert here.subject_of(other) == ANA

    def test_sessions_are_ended_one_by_one_and_all_others_at_once(self, here: Identity, there: Identity) -> None:
        mine, second, third = (here.sign_in("ana", PASSWORD, "192.0.2.1") for _ in range(3))
        session = next(each for each in there.sessions_of(ANA, second) if each.current)
        with pytest.raises(Refused, match="not_found"):
            there.end_session(BEN, session.id)
        there.end_session(ANA, session.id)
        assert here.subject_of(second) is None and here.subject_of(third) == ANA
        there.end_other_sessions(ANA, mine)
        assert [each.current for each in here.sessions_of(ANA, mine)] == [True]

    def test_a_session_lives_by_use_at_either_gateway(self, here: Identity, there: Identity, clock: Clock) -> None:
        token = here.sign_in("ana", PASSWORD, "192.0.2.1")
        for identity in (there, here, there):
            clock.now += timedelta(minutes=29)
            assert identity.subject_of(token) == ANA
        clock.now += timedelta(minutes=31)
        assert here.subject_of(token) is None

    def test_many_sessions_are_looked_up_together_as_each_by_itself(
        self, here: Identity, there: Identity, clock: Clock
    ) -> None:
        here.set_password(BEN, "ben", PASSWORD, "Đại biểu Ben")
        ana, ended = (here.sign_in("ana", PASSWORD, "192.0.2.1") for _ in range(2))
        ben = there.sign_in("ben", PASSWORD, "192.0.2.1")
        here.sign_out(ended)
        assert there.subjects_of({ana, ended, ben, "nobody's", "half \ud83d"}) == {ana: ANA, ben: BEN}
        assert there.subjects_of(set()) == {}
        clock.now += timedelta(minutes=29)
        there.used({ana, "nobody's"})
        clock.now += timedelta(minutes=2)
        assert here.subjects_of({ana, ben}) == {ana: ANA}
        many = {f"token {number}" for number in range(1500)} | {ana}
        assert here.subjects_of(many) == {ana: ANA}

    def test_a_session_ends_after_its_longest_time(self, here: Identity, there: Identity, clock: Clock) -> None:
        token = here.sign_in("ana", PASSWORD, "192.0.2.1")
        begun = clock.now
        while clock.now < begun + timedelta(hours=11, minutes=45):
            clock.now += timedelta(minutes=15)
            assert there.subject_of(token) == ANA
        clock.now += timedelta(minutes=15)
        assert there.subject_of(token) is None

    def test_wrong_guesses_count_over_both_gateways(self, here: Identity, there: Identity, clock: Clock) -> None:
        for number in range(5):
            with pytest.raises(Refused, match="sign_in_failed"):
                (here, there)[number % 2].sign_in("ana", "sai mật khẩu rồi nhé", "192.0.2.1")
        for identity in (here, there):
            with pytest.raises(TryLater) as wait:
                identity.sign_in("ana", PASSWORD, "192.0.2.1")
            assert wait.value.seconds == 15
        clock.now += timedelta(seconds=15)
        here.sign_in("ana", PASSWORD, "192.0.2.1")
        there.sign_in("ana", PASSWORD, "192.0.2.1")  # the success has forgiven the failures

    def test_guesses_at_once_through_both_gateways_count_one_by_one(self, here: Identity, there: Identity) -> None:
        def guess(number: int) -> str:
            try:
                (here, there)[number % 2].sign_in("nobody", "sai mật khẩu rồi nhé", "192.0.2.1")
            except (Refused, TryLater) as error:
                return str(error.code)
            return "let in"

        with ThreadPoolExecutor(20) as pool:
            outcomes = list(pool.map(guess, range(20)))
        assert sorted(outcomes) == ["sign_in_failed"] * 5 + ["too_many_sign_ins"] * 15

    def test_one_network_guessing_many_logins_is_slowed_down(self, here: Identity, there: Identity) -> None:
        with ThreadPoolExecutor(8) as pool:
            failing = [
                pool.submit((here, there)[n % 2].sign_in, f"nobody{n}", "x", f"2001:db8::{n + 1:x}") for n in range(50)
            ]
            assert {type(each.exception()) for each in failing} == {Refused}
        with pytest.raises(TryLater):
            there.sign_in("another", "x", "2001:db8::ffff")
        with pytest.raises(Refused):
            there.sign_in("another", "x", "2001:db8:1::1")

    def test_a_code_works_once_until_it_ends(self, here: Identity, there: Identity, clock: Clock) -> None:
        code, late = here.issue_codes([(BEN, "ben", "Đại biểu Ben"), (str(ids("cat")), "cat", "Đại biểu Cat")])
        token = there.activate("ben", code, NEW, address="192.0.2.1")
        assert here.subject_of(token) == BEN and here.has_password(BEN)
        with pytest.raises(Refused, match="activation_failed"):
            here.activate("ben", code, NEW, address="192.0.2.1")
        clock.now += timedelta(days=14)
        with pytest.raises(Refused, match="activation_failed"):
            there.activate("cat", late, NEW, address="192.0.2.1")

    def test_of_two_who_use_one_code_at_once_one_succeeds(self, here: Identity, there: Identity) -> None:
        code = here.issue_code(BEN, "ben", "Đại biểu Ben")
        with ThreadPoolExecutor(2) as pool:
            tries = [pool.submit(each.activate, "ben", code, NEW, address="192.0.2.1") for each in (here, there)]
            failed = [each.exception() for each in tries if each.exception()]
        assert [error.args[0] for error in failed if isinstance(error, Refused)] == ["activation_failed"]

    def test_a_changed_password_ends_every_other_session(self, here: Identity, there: Identity) -> None:
        old = here.sign_in("ana", PASSWORD, "192.0.2.1")
        with pytest.raises(Refused, match="wrong_password"):
            there.change_password(ANA, "không phải câu này", NEW, address="192.0.2.1")
        token = there.change_password(ANA, PASSWORD, NEW, address="192.0.2.1")
        assert (here.subject_of(old), here.subject_of(token)) == (None, ANA)
        with pytest.raises(Refused, match="sign_in_failed"):
            here.sign_in("ana", PASSWORD, "192.0.2.1")
        here.sign_in("ana", NEW, "192.0.2.1")

    def test_a_closed_account_opens_nothing(self, here: Identity, there: Identity) -> None:
        token = here.sign_in("ana", PASSWORD, "192.0.2.1")
        there.close_account(ANA)
        assert here.subject_of(token) is None and not here.has_password(ANA)
        with pytest.raises(Refused, match="sign_in_failed"):
            here.sign_in("ana", PASSWORD, "192.0.2.1")

    def test_a_list_is_confirmed_at_either_gateway_by_its_own_session_once(
        self, here: Identity, there: Identity, clock: Clock
    ) -> None:
        token = here.previews.keep("session", b"\x00\xffxlsx")
        with pytest.raises(Refused, match="import_expired"):
            there.previews.read("another session", token)
        assert there.previews.read("session", token) == b"\x00\xffxlsx"
        assert there.previews.take("session", token) == b"\x00\xffxlsx"
        with pytest.raises(Refused, match="import_expired"):
            here.previews.take("session", token)
        late = here.previews.keep("session", b"late")
        clock.now += timedelta(hours=1)
        with pytest.raises(Refused, match="import_expired"):
            there.previews.read("session", late)

    def test_an_agent_uses_each_of_its_addresses_at_either_gateway_once(
        self, here: Identity, there: Identity, clock: Clock
    ) -> None:
        offer = Offer(ANA, "order", "a" * 64, "b" * 64, 1000, "sign-1", False, 7)
        tokens = here.signing_addresses.make(offer)
        assert there.signing_addresses.read(Direction.upload, tokens.upload) == offer
        assert there.signing_addresses.take(Direction.download, tokens.download) == offer
        for direction, token in ((Direction.download, tokens.download), (Direction.download, tokens.upload)):
            with pytest.raises(Refused, match="signing_address_over"):
                here.signing_addresses.take(direction, token)
        clock.now += timedelta(minutes=5)
        with pytest.raises(Refused, match="signing_address_over"):
            here.signing_addresses.take(Direction.upload, tokens.upload)

    def test_a_calendar_address_works_at_both_gateways_until_renewed_or_ended(
        self, here: Identity, there: Identity
    ) -> None:
        assert here.feeds.secret_of(ANA) is None
        first, second = here.feeds.renew(ANA), there.feeds.renew(ANA)
        assert (there.feeds.person_of(first), here.feeds.person_of(second)) == (None, ANA)
        assert here.feeds.secret_of(ANA) == second
        there.feeds.end(ANA)
        assert (here.feeds.person_of(second), here.feeds.secret_of(ANA)) == (None, None)

    def test_a_name_that_is_forgotten_leaves_the_password_as_it_is(self, here: Identity, there: Identity) -> None:
        here.forget_name(ANA)
        assert there.sign_in("ana", PASSWORD, "127.0.0.1")
        assert there._store.rows("SELECT full_name FROM accounts WHERE person_id = ?", ANA)[0]["full_name"] == ""

    def test_secrets_survive_a_restart(self, here: Identity, reopen: Reopen, clock: Clock) -> None:
        token = here.sign_in("ana", PASSWORD, "192.0.2.1")
        here.close()
        with closing(Identity(reopen(), Settings(), clock)) as again:
            assert again.subject_of(token) == ANA

    def test_a_transaction_that_fails_leaves_nothing(self, reopen: Reopen) -> None:
        with closing(reopen()) as store:
            with pytest.raises(Refused), store.writing() as transaction:
                transaction.change("INSERT INTO feeds (person_id, secret, secret_hash) VALUES (?, ?, ?)", "a", "b", "c")
                raise Refused("changed_my_mind")
            assert not store.rows("SELECT person_id FROM feeds")

    @pytest.mark.parametrize("login", ["nul\0in it", "half \ud83d a character", "x" * 200, "%s' OR ''='"])
    def test_an_odd_login_is_nobodys(self, here: Identity, login: str) -> None:
        with pytest.raises(Refused, match="sign_in_failed"):
            here.sign_in(login, PASSWORD, "192.0.2.1", "a\0gent")
