"""Voting as a process of its own."""

from pydantic_core import to_jsonable_python

from kernel.adapters.entrypoints_nameko import command, every_while, on_fact
from kernel.adapters.hosting_nameko import Reactions, hosted
from kernel.codec import Codec
from kernel.decider import Refused
from services.meeting.messages import SessionOpened
from services.voting import messages
from services.voting.service import CODEC, REACTS_TO, VotingService
from services.voting.urn import Receipt


class VotingHost:
    name = "voting"
    voting = hosted(
        messages,
        lambda parts: VotingService(parts.store, parts.deployment),
        Reactions("voting.tally", CODEC | Codec([SessionOpened]), REACTS_TO),
    )

    @command
    def execute(self, name: str, text: str) -> dict[str, object]:
        return self.voting.execute(name, text)

    @command
    def cast(self, texts: list[str], under: list[str]) -> list[dict[str, object]]:
        """One answer for each ballot, in order: its receipt, or code and detail of a refusal. `under`: traceparents."""
        return [answer(each) for each in self.voting.each("cast", "CastBallot", texts, under)]

    @on_fact("voting", "PollClosed")
    @on_fact("voting", "OpinionFormClosed")
    @on_fact("voting", "OpinionResultAnnounced")
    @on_fact("meeting", "SessionOpened")
    def on_event(self, _envelope: dict[str, object]) -> None:
        self.voting.follow()

    @every_while
    def fill_gaps(self) -> None:
        self.voting.follow()


def answer(cast: Receipt | Refused) -> dict[str, object]:
    if isinstance(cast, Refused):
        return {"refused": [cast.code, cast.detail]}
    receipt: dict[str, object] = to_jsonable_python(cast._asdict())
    return receipt
