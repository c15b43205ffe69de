"""Personal data forgotten by a lawful order: gone from every file, and every proof still stands."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.findings import Report
from dienhong.audit_replay import Wanted, replay
from dienhong.console import Fault
from dienhong.erasing import ERASED, erase
from dienhong.folder import open_log
from dienhong.orders import Order
from dienhong.two_people import Signature
from kernel.decider import Refused
from kernel.messages import Recorded
from kernel.settings import Settings
from kernel.wiring import open_blobs
from ledger.note import parse_key
from ledger.proof import prove, verify_proof
from ledger.tree import leaf_hash, verify_consistency
from services.directory.messages import RegisterPerson
from tests.scenario.test_command_line import dienhong, fails
from tests.scenario.test_ledger import signed_up_to_now
from tests.scenario.test_minutes import Session
from tests.stamps import ids
from tests.world import COMMITTEE, PASSWORD, World

pytestmark = pytest.mark.embedded

NAME = "Người Muốn Được Quên"
BASIS = "Quyết định số 12/QĐ-HĐND, Điều 14 Luật Bảo vệ dữ liệu cá nhân"
ADMIN, AUDITOR = Signature("admin", PASSWORD), Signature("auditor", PASSWORD)


@pytest.fixture
def world(tmp_path: Path, compose: Callable[..., Any]) -> Iterator[World]:
    """With somebody who asks to be forgotten; each test closes it and may open it again."""
    world = World(tmp_path / "data", compose)
    world.enable("admin", "auditor", "clerk")
    world.execute(RegisterPerson, person_id=ids("forgotten"), full_name=NAME, position="", unit_id=COMMITTEE)
    world.embedded.identity.issue_code(str(ids("forgotten")), "forgotten", NAME)
    world.client("admin").get("/people")
    signed_up_to_now(world)
    yield world


def registered(world: World) -> Recorded:
    return world.embedded.store.read(f"person-{ids('forgotten')}")[0]  # type: ignore[no-any-return]


def files_with(folder: Path, words: str) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.is_file() and words.encode() in each.read_bytes())


def order(settings: Settings, at: int, **changes: Any) -> None:
    asked = {
        "position": at,
        "fields": ("full_name",),
        "basis": BASIS,
        "ordered": ADMIN,
        "confirmed": AUDITOR,
        **changes,
    }
    erase(settings, asked["position"], asked["fields"], Order(asked["basis"], asked["ordered"], asked["confirmed"]))


def test_the_words_are_gone_from_every_file_and_the_proofs_stand(world: World) -> None:
    event, before = registered(world), signed_up_to_now(world)
    keys = [parse_key(each) for each in world.embedded.ledger.log_keys]
    entry = world.embedded.ledger.file.entry_at(event.position)
    world.close()
    folder = world.settings.data_dir
    assert {"events.db", "views.db"} <= set(files_with(folder, NAME))
    order(world.settings, event.position)
    order(world.settings, event.position)
    assert files_with(folder, NAME) == [] and (folder / "events.db").read_bytes().count(ERASED.encode()) >= 1

    again = World(folder)
    after = signed_up_to_now(again)
    ledger = again.embedded.ledger
    path = ledger.file.consistency(before.size, after.size)
    verify_consistency(before.size, after.size, path, before.root, after.root)
    proof = prove(ledger.file, registered(again))
    assert proof is not None
    proved = verify_proof(proof.text, keys)
    assert proved.contents is None and proved.leaf.event_id == event.id
    assert entry is not None and proof.index == entry.index
    assert ledger.file.tile(0, 0)[32 * entry.index : 32 * entry.index + 32] == leaf_hash(entry.leaf)
    erased = again.embedded.store.read(f"erasure-{event.id}")
    assert [each.type for each in erased] == ["EventErased"] and erased[0].actor == again.person("admin")
    assert ERASED in again.client("admin").get(f"/people/{ids('forgotten')}").text
    again.close()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"confirmed": Signature("auditor", "mật khẩu sai hoàn toàn")}, "sign_in_failed"),
        ({"confirmed": ADMIN}, "second_person_needed"),
        ({"ordered": AUDITOR, "confirmed": ADMIN}, "auditor must be administrator"),
        ({"confirmed": Signature("clerk", PASSWORD)}, "clerk must be"),
        ({"fields": ("phones",)}, "no text phones"),
        ({"fields": ("person_id",)}, "not_erasable"),
        ({"basis": "luật"}, "basis"),
        ({"position": 99_999}, "no event at position"),
    ],
)
def test_an_order_that_is_not_lawful_changes_nothing(world: World, changes: dict[str, Any], reason: str) -> None:
    event = registered(world)
    world.close()
    with pytest.raises((Fault, Refused), match=reason):
        order(world.settings, event.position, **changes)
    again = World(world.settings.data_dir)
    assert registered(again).data == event.data
    assert again.embedded.store.read(f"erasure-{event.id}") == []
    entry = again.embedded.ledger.file.entry_at(event.position)
    assert entry is not None and entry.salt is not None
    again.close()


def test_the_command_asks_two_people(world: World) -> None:
    event = registered(world)
    world.close()
    folder = world.settings.data_dir
    words = ("erase", str(event.position), "--field", "full_name", "--basis", BASIS)
    people = ("--ordered-by", "admin", "--confirmed-by", "auditor")
    passwords, name = f"{PASSWORD}\n{PASSWORD}\n", world.settings.deployment
    wrong = fails(folder, 2, *words, *people, stdin=f"{PASSWORD}\nsai\n", DIENHONG_DEPLOYMENT=name)
    assert "password" in wrong and NAME.encode() in (folder / "events.db").read_bytes()
    done = dienhong(folder, *words, *people, stdin=passwords, DIENHONG_DEPLOYMENT=name)
    assert (done.returncode, done.stdout) == (0, "") and "Erased" in done.stderr
    assert files_with(folder, NAME) == []


STEPS = (
    "services.directory.service.DirectoryService.execute",
    "ledger.book.Book.sign",
    "ledger.store.LedgerFile.erase",
    "kernel.adapters.store_sqlite.SqliteStore.erase",
    "gateway.identity.accounts.Identity.forget_name",
    "dienhong.erasing.remove_views",
)


def test_interrupted_anywhere_the_same_command_ends_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One interruption after another, each a step later than the one before."""
    event = registered(world)
    world.close()
    for step in STEPS:
        with monkeypatch.context() as power, pytest.raises(KeyboardInterrupt):
            power.setattr(step, interrupted)
            order(world.settings, event.position)
    order(world.settings, event.position)
    assert files_with(world.settings.data_dir, NAME) == []
    again = World(world.settings.data_dir)
    assert len(again.embedded.store.read(f"erasure-{event.id}")) == 1
    assert ERASED in again.client("admin").get(f"/people/{ids('forgotten')}").text
    again.close()


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.needs("vendor")
def test_minutes_that_bore_a_forgotten_name_are_no_false_alarm(world: World) -> None:
    session = Session(world).open().vote().conclude().close().draft()
    session.approve(session.submit())
    world.settle()
    chair = world.embedded.store.read(f"person-{ids('chair')}")[0]
    signed_up_to_now(world)
    world.close()
    order(world.settings, chair.position)
    report = Report("replay")
    with open_log(world.settings) as log:
        replay(report, world.settings, log, open_blobs(world.settings), Wanted(), lambda _position: None)
    assert (report.exit, {each.code for each in report.findings}) == (2, {"minutes_not_comparable"})
