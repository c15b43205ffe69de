"""The key that signs the log is rotated: old proofs stand, new ones are by the new key, whatever interrupts it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dienhong.console import Fault
from dienhong.rotating import next_key, rotate
from dienhong.two_people import Signature
from kernel.decider import Refused
from ledger import keeping
from ledger.book import Book
from ledger.note import parse, parse_checkpoint, parse_key, verify
from ledger.proof import verify_proof
from ledger.tree import verify_consistency
from services.directory.service import DirectoryService
from tests.distributed.waiting import eventually
from tests.scenario.test_command_line import dienhong, fails
from tests.scenario.test_ledger import keys, signed_up_to_now
from tests.scenario.test_voting import Hall
from tests.world import PASSWORD, World

pytestmark = pytest.mark.embedded

ADMIN, AUDITOR = Signature("admin", PASSWORD), Signature("auditor", PASSWORD)
PEOPLE = {"ordered": ADMIN, "confirmed": AUDITOR}


@pytest.fixture
def world(tmp_path: Path, compose: Callable[..., Any]) -> Iterator[World]:
    """Each test closes it and may open it again."""
    world = World(tmp_path / "data", compose)
    world.enable("admin", "auditor", "clerk")
    yield world


def rotations(world: World) -> list[Any]:
    return [each for each in world.embedded.store.read_all(0, 10_000) if each.type == "LogKeyRotated"]


def test_old_proofs_stand_and_new_ones_are_by_the_new_key(world: World) -> None:
    hall = Hall(world).opened()
    poll = hall.asks()
    hall.votes(poll, "ana", "for")
    before = signed_up_to_now(world)
    receipt = world.client("ana").get(f"/api/v1/polls/{poll}/ballots/mine/proof").text
    (old,) = (each for each in keys(world.anonymous()) if each.algorithm == 1)
    world.close()
    announced = parse_key(next_key(world.settings)[0])
    assert rotate(world.settings, **PEOPLE) == announced != old

    again = World(world.settings.data_dir)
    (rotated,) = rotations(again)
    at_rotation = again.embedded.ledger.file.latest()
    assert at_rotation is not None
    assert set(verify(parse(at_rotation), [old, announced])) == {old, announced}
    assert parse_checkpoint(parse(at_rotation).text).size == rotated.position
    assert [each for each in keys(again.anonymous()) if each.algorithm == 1] == [announced, old]
    again.client("admin").ok("POST", "/people", {"full_name": "Người mới"})
    after = signed_up_to_now(again)
    signed = again.anonymous().get("/ledger/checkpoint").text
    assert set(verify(parse(signed), [old, announced])) == {announced}
    path = again.embedded.ledger.file.consistency(before.size, after.size)
    verify_consistency(before.size, after.size, path, before.root, after.root)
    assert set(verify_proof(receipt, [old, announced]).signers) == {old}
    newer = again.client("ana").get(f"/api/v1/polls/{poll}/ballots/mine/proof").text
    assert set(verify_proof(newer, [old, announced]).signers) == {announced}
    again.close()


class Cut(Exception):
    """The power is gone."""


STEPS = {
    "before the event is recorded": (DirectoryService, "execute", False),
    "after the event is recorded": (DirectoryService, "execute", True),
    "before both keys have signed": (Book, "sign", False),
    "after both keys have signed": (Book, "sign", True),
    "before the seed is in its place": (keeping, "promote_log_keys", False),
}


def cut(patched: pytest.MonkeyPatch, owner: Any, name: str, after: bool) -> None:
    whole = getattr(owner, name)

    def dies(*given: Any, **named: Any) -> Any:
        if after:
            whole(*given, **named)
        raise Cut

    patched.setattr(owner, name, dies)


@pytest.mark.parametrize("step", STEPS)
def test_the_same_command_ends_what_was_interrupted(world: World, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_up_to_now(world)
    world.close()
    announced = next_key(world.settings)[0]
    with monkeypatch.context() as patched:
        cut(patched, *STEPS[step])
        with pytest.raises(Cut):
            rotate(world.settings, **PEOPLE)
    between = World(world.settings.data_dir)
    recorded = rotations(between) != []
    between.client("admin").ok("POST", "/people", {"full_name": "Người mới"})  # the council goes on
    if recorded:
        signed = between.embedded.ledger.file.signed_size()
        eventually(lambda: "ledger rotate" in between.embedded.ledger.failing)
        assert between.embedded.ledger.file.signed_size() == signed <= rotations(between)[0].position
    between.close()

    assert str(rotate(world.settings, **PEOPLE)) == announced
    again = World(world.settings.data_dir)
    (rotated,) = rotations(again)
    head = signed_up_to_now(again)
    assert head.size == again.embedded.store.wait(0, 0) >= rotated.position
    assert str(keys(again.anonymous())[0]) == announced
    names = sorted(each.name for each in (world.settings.data_dir / "keys").iterdir())
    assert names == ["log-ed25519.seed", "witness-ed25519.seed"]
    again.close()


def test_a_post_quantum_key_is_rotated_too_and_what_is_half_done_is_ended(
    tmp_path: Path, compose: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "data", compose, ledger_post_quantum=True)
    world.enable("admin", "auditor")
    signed_up_to_now(world)
    folder = world.settings.data_dir / "keys"
    world.close()
    old = {each.name: each.read_bytes() for each in folder.iterdir()}
    new = next_key(world.settings)
    assert len(new) == 2
    with monkeypatch.context() as patched:
        whole = os.replace

        def dies_at_the_second(source: Path, target: Path) -> None:
            if source.name == "next-log-mldsa44.seed":
                raise Cut
            whole(source, target)

        patched.setattr(os, "replace", dies_at_the_second)
        with pytest.raises(Cut):
            rotate(world.settings, **PEOPLE)
    rotate(world.settings, **PEOPLE)
    names = ["log-ed25519.seed", "log-mldsa44.seed", "witness-ed25519.seed", "witness-mldsa44.seed"]
    assert sorted(each.name for each in folder.iterdir()) == names
    assert [name for name in names if (folder / name).read_bytes() != old[name]] == names[:2]
    again = World(tmp_path / "data", ledger_post_quantum=True)
    assert again.embedded.ledger.log_keys[:2] == new
    assert len(rotations(again)) == 1
    again.close()


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ({"confirmed": ADMIN}, "second_person_needed"),
        ({"confirmed": Signature("auditor", "mật khẩu sai hoàn toàn")}, "sign_in_failed"),
        ({"ordered": AUDITOR, "confirmed": ADMIN}, "auditor must be administrator"),
        ({"confirmed": Signature("clerk", PASSWORD)}, "clerk must be"),
    ],
)
def test_an_order_that_two_people_did_not_give_changes_no_key(
    world: World, people: dict[str, Signature], reason: str
) -> None:
    before = world.embedded.ledger.log_keys[0]
    world.close()
    with pytest.raises((Fault, Refused), match=reason):
        rotate(world.settings, **{**PEOPLE, **people})
    again = World(world.settings.data_dir)
    assert again.embedded.ledger.log_keys == [before] and rotations(again) == []
    signed_up_to_now(again)
    again.close()


def test_the_command_asks_two_people_and_waits_for_nobody_who_keeps_the_ledger(world: World) -> None:
    folder, name = world.settings.data_dir, world.settings.deployment
    words = ("ledger", "rotate", "--ordered-by", "admin", "--confirmed-by", "auditor")
    passwords = f"{PASSWORD}\n{PASSWORD}\n"
    assert "Stop it first" in fails(folder, 3, *words, stdin=passwords, DIENHONG_DEPLOYMENT=name)
    assert "keeps its ledger itself" in fails(folder, 2, "ledger", "serve", DIENHONG_DEPLOYMENT=name)
    announced = dienhong(folder, "ledger", "next-key", DIENHONG_DEPLOYMENT=name).stdout
    world.close()
    done = dienhong(folder, *words, stdin=passwords, DIENHONG_DEPLOYMENT=name)
    assert (done.returncode, done.stdout) == (0, announced) and "on paper" in done.stderr
