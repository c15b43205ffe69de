"""What the product erased by a lawful order is called erased, by both verifiers, and nothing else is disturbed."""

import json

import pytest

from tests.audit.logs import audited
from tests.scenario.test_command_line import dienhong
from tests.scenario.test_erasure import order, registered
from tests.scenario.test_erasure import world as world
from tests.scenario.test_ledger import signed_up_to_now

pytestmark = pytest.mark.embedded


def test_a_person_who_was_forgotten_leaves_a_sound_log(world, tmp_path, capsys):  # noqa: F811
    event = registered(world)
    signed_up_to_now(world)
    world.close()
    order(world.settings, event.position)
    folder, deployment = world.settings.data_dir, {"DIENHONG_DEPLOYMENT": world.settings.deployment}
    target = tmp_path / "export.tar"
    assert dienhong(folder, "audit", "export", str(target), **deployment).returncode == 0
    ours = json.loads(dienhong(folder, "audit", "verify", "--json", **deployment).stdout)
    theirs = audited(capsys, "verify", target)
    assert ours["erased"] == theirs["erased"] == [event.position - 1]
    assert (ours["exit"], theirs["exit"], ours["root"]) == (0, 0, theirs["root"])
    assert dienhong(folder, "audit", "replay", **deployment).returncode == 0
