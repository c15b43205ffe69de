"""The ledger as a process of its own: proofs at every gateway, and no kill of it loses or forks anything."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from audit import verifier
from dienhong.nodes.processes import Child
from ledger.note import parse, parse_checkpoint, parse_key, verify
from ledger.store import LedgerFile
from ledger.tiles import Tiles, tile_path
from ledger.tree import consistency_proof, root, verify_consistency
from tests.distributed.conftest import Report
from tests.distributed.deployment import GATEWAYS, Deployment
from tests.distributed.load import Load, concludes, holds_polls, registers_people
from tests.distributed.rounds import ROUNDS
from tests.processes import environment
from tests.scenario.test_voting import Hall
from tests.world import PASSWORD

pytestmark = [pytest.mark.needs("postgres", "rabbitmq"), pytest.mark.slow, pytest.mark.timeout(900)]

Eventually = Callable[[Callable[[], bool]], None]


def get(deployment: Deployment, gateway: str, path: str, **cookies: str) -> httpx2.Response:
    return httpx2.get(f"{deployment.addresses[gateway]}{path}", cookies=cookies, timeout=60)


def checkpoint(deployment: Deployment, gateway: str = GATEWAYS[0]) -> str:
    answer = get(deployment, gateway, "/ledger/checkpoint")
    assert answer.status_code == 200, answer.text
    return answer.text


def size_of(signed: str) -> int:
    return parse_checkpoint(parse(signed).text).size


def until_signed(deployment: Deployment, eventually: Eventually, position: int) -> None:
    def signed() -> bool:
        answer = get(deployment, GATEWAYS[0], "/ledger/checkpoint")
        return answer.status_code == 200 and size_of(answer.text) >= position

    eventually(signed)


def dienhong(deployment: Deployment, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    own = environment(deployment.settings)
    return subprocess.run(
        [sys.executable, "-m", "dienhong", *words], input=stdin, capture_output=True, text=True, env=own
    )


def test_a_vote_is_proved_at_both_gateways_and_the_log_to_an_auditor(
    deployment: Deployment, tmp_path: Path, eventually: Eventually, capsys: pytest.CaptureFixture[str]
) -> None:
    world = deployment.world
    hall = Hall(world).opened()
    poll = hall.asks()
    hall.votes(poll, "ana", "for")
    until_signed(deployment, eventually, deployment.head())
    keys = get(deployment, GATEWAYS[0], "/ledger/keys").text
    assert keys == get(deployment, GATEWAYS[1], "/ledger/keys").text
    policy = tmp_path / "policy"
    policy.write_text(f"log {keys.splitlines()[0]}\nquorum none\n")
    cookie = world.embedded.identity.cookie_name
    for gateway in GATEWAYS:
        path = f"/api/v1/polls/{poll}/ballots/mine/proof"
        receipt = get(deployment, gateway, path, **{cookie: str(world.client("ana").cookies[cookie])})
        assert receipt.status_code == 200, receipt.text
        file = tmp_path / f"{gateway}.tlog-proof"
        file.write_text(receipt.text)
        assert verifier.main(["inclusion", str(file), "--policy", str(policy), "--json", "--quiet"]) == 0
        assert json.loads(capsys.readouterr().out)["event"]["type"] == "BallotCast"

    auditor = {cookie: str(world.client("auditor").cookies[cookie])}
    assert keys.splitlines()[0] in get(deployment, GATEWAYS[1], "/audit", **auditor).text
    taken = world.client("auditor").ok("POST", "/audit/exports", {"documents": False})
    seen = str(taken["position"])
    given = get(deployment, GATEWAYS[1], f"/api/v1/audit/exports/{taken['id']}/file", seen=seen, **auditor)
    assert given.status_code == 200, given.text
    (tmp_path / "taken.tar").write_bytes(given.content)
    assert verifier.main(["verify", str(tmp_path / "taken.tar"), "--policy", str(policy), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []

    done = dienhong(deployment, "audit", "verify", "--json")
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, []), done.stderr
    target = tmp_path / "export"
    assert dienhong(deployment, "audit", "export", str(target)).returncode == 0
    assert verifier.main(["verify", str(target), "--policy", str(policy), "--json", "--quiet"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["size"] >= size_of(checkpoint(deployment)) - 1 and said["findings"] == []


def test_a_second_ledger_waits_and_takes_over(deployment: Deployment, tmp_path: Path, eventually: Eventually) -> None:
    folder = {"DIENHONG_DATA_DIR": str(tmp_path / "another"), "DIENHONG_HOST": "127.0.0.1", "DIENHONG_PORT": "0"}
    own = {**environment(deployment.settings), **folder}
    lines: list[str] = []
    words = [sys.executable, "-m", "dienhong", "ledger", "serve"]
    with subprocess.Popen(words, env=own, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert any("The ledger is kept" in line for line in first.stderr)
        second = Child("second", words[2:], own, lines.append)
        second.start()
        eventually(lambda: any("ledger_waits" in line for line in lines))
        assert not any("The ledger is kept" in line for line in lines)
        first.kill()
    eventually(lambda: any("The ledger is kept" in line for line in lines))
    with closing(LedgerFile(tmp_path / "another" / "ledger.db")) as file:
        eventually(lambda: file.signed_size() == len(deployment.recorded()))
    assert second.stop() == 0, lines


def proved_to_grow(deployment: Deployment, before: str, after: str) -> None:
    """By the tiles that a gateway serves, as any auditor's tool would."""
    old, new = (parse_checkpoint(parse(each).text) for each in (before, after))

    def tile(level: int, n: int) -> bytes:
        width = min(256, (new.size >> 8 * level) - 256 * n)
        path = f"/ledger/tile/{level}/{tile_path(n)}" + (f".p/{width}" if width < 256 else "")
        answer = get(deployment, GATEWAYS[1], path)
        assert answer.status_code == 200, answer.text
        return answer.content

    subtree = Tiles(tile).subtree
    assert root(new.size, subtree) == new.root
    verify_consistency(old.size, new.size, consistency_proof(old.size, new.size, subtree), old.root, new.root)


def test_a_ledger_that_is_killed_at_work_misses_nothing_and_forks_nothing(
    deployment: Deployment, report: Report, eventually: Eventually
) -> None:
    child = deployment.children["ledger"]
    starts, seen = child.starts, [checkpoint(deployment)]
    with Load(deployment, registers_people, concludes, holds_polls) as load:
        for round_ in range(ROUNDS):
            load.goes_on(1 + round_ % 3)
            child.kill()
            load.goes_on(1)
            eventually(lambda: get(deployment, GATEWAYS[0], "/ledger/checkpoint").status_code == 200)
            seen.append(checkpoint(deployment))
    report(ROUNDS, load)
    assert child.starts == starts + ROUNDS
    until_signed(deployment, eventually, deployment.head())
    seen.append(checkpoint(deployment))
    key = parse_key(get(deployment, GATEWAYS[0], "/ledger/keys").text.splitlines()[0])
    assert all(verify(parse(each), [key]) for each in seen)
    assert [size_of(each) for each in seen] == sorted(size_of(each) for each in seen)
    for before, after in zip(seen, seen[1:], strict=False):
        proved_to_grow(deployment, before, after)
    assert size_of(seen[-1]) == len(deployment.recorded())
    done = dienhong(deployment, "audit", "verify", "--json")
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, []), done.stderr


def test_the_key_is_rotated_while_only_the_ledger_is_stopped(
    deployment: Deployment, eventually: Eventually, tmp_path: Path
) -> None:
    """The last of this module: the ledger that runs afterwards is not the deployment's own child."""
    world = deployment.world
    world.enable("admin", "auditor")
    words = ("ledger", "rotate", "--ordered-by", "admin", "--confirmed-by", "auditor")
    passwords = f"{PASSWORD}\n{PASSWORD}\n"
    refused = dienhong(deployment, *words, stdin=passwords)
    assert refused.returncode == 3 and "Stop it first" in refused.stderr
    before = checkpoint(deployment)
    old = parse_key(get(deployment, GATEWAYS[0], "/ledger/keys").text.splitlines()[0])
    assert deployment.children["ledger"].stop() == 0
    away = get(deployment, GATEWAYS[0], "/ledger/checkpoint")
    assert (away.status_code, away.json()["code"]) == (503, "ledger_unavailable")
    world.client("admin").ok("POST", "/people", {"full_name": "Khi sổ nghỉ"})
    rotated = dienhong(deployment, *words, stdin=passwords)
    assert rotated.returncode == 0, rotated.stderr
    new = parse_key(rotated.stdout.strip())

    host, port = deployment.settings.ledger_url.removeprefix("http://").split(":")
    own = {**environment(deployment.settings), "DIENHONG_HOST": host, "DIENHONG_PORT": port}
    lines: list[str] = []
    ledger = Child("ledger", ["dienhong", "ledger", "serve"], own, lines.append)
    ledger.start()
    try:
        world.client("admin").ok("POST", "/people", {"full_name": "Sau khi đổi khóa"})
        until_signed(deployment, eventually, deployment.head())
        keys = [parse_key(each) for each in get(deployment, GATEWAYS[1], "/ledger/keys").text.splitlines()]
        assert keys[:2] == [new, old]
        after = checkpoint(deployment)
        assert (set(verify(parse(before), [new, old])), set(verify(parse(after), [new, old]))) == ({old}, {new})
        proved_to_grow(deployment, before, after)
        (tmp_path / "old").write_text(f"log {old}\nquorum none\n")
        done = dienhong(deployment, "audit", "verify", "--policy", str(tmp_path / "old"), "--json")
        assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, []), done.stderr
        eventually(lambda: get(deployment, GATEWAYS[0], "/ready").json()["ledger"]["failing"] == "")
    finally:
        assert ledger.stop() == 0, lines
