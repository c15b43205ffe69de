"""A session of thousands, present and signed in, with polls open: once written, copied for each round."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bench.server import DEPLOYMENT
from dienhong.embedded import Embedded
from gateway.identity.opening import open_identity_store
from kernel.ids import uuid7
from kernel.settings import Settings
from kernel.wiring import open_store
from tests.big_hall import BigHall, sign_in


@dataclass(frozen=True)
class Hall:
    """`tokens` are the voters' sessions, in the same order."""

    folder: Path
    meeting_id: UUID
    polls: Sequence[UUID]
    voters: Sequence[UUID]
    tokens: Sequence[str]

    def copied(self, folder: Path) -> None:
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)


def filled(settings: Settings, voters: int, polls: int) -> Hall:
    """Into the store and the identity store that the settings name."""
    with closing(open_store(settings)) as store:
        hall = BigHall(store, voters, body_id=uuid7(), chair_id=uuid7())
        asked = [hall.asks() for _ in range(polls)]
    with closing(open_identity_store(settings)) as identity:
        tokens = sign_in(identity, settings, hall.voters)
    return Hall(settings.data_dir, hall.meeting_id, asked, hall.voters, tokens)


def embedded_hall(folder: Path, voters: int, polls: int) -> Hall:
    """With views that have caught up."""
    settings = Settings(data_dir=folder, deployment=DEPLOYMENT)
    folder.mkdir(parents=True, exist_ok=True)
    hall = filled(settings, voters, polls)
    embedded = Embedded(settings)
    embedded.start()
    embedded.settle()
    embedded.stop()
    return hall
