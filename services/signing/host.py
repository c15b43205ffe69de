"""Signing as a process of its own."""

from kernel.adapters.entrypoints_nameko import command, every_while, on_fact
from kernel.adapters.hosting_nameko import Reactions, hosted
from services.signing import messages
from services.signing.service import CODEC, REACTS_TO, SigningService


class SigningHost:
    name = "signing"
    signing = hosted(
        messages,
        lambda parts: SigningService(parts.store, parts.deployment),
        Reactions("signing.course", CODEC, REACTS_TO),
    )

    @command
    def execute(self, name: str, text: str) -> dict[str, object]:
        return self.signing.execute(name, text)

    @on_fact("signing", "OfficialSubmitted")
    @on_fact("signing", "SealAsked")
    @on_fact("signing", "SubmissionRecalled")
    @on_fact("signing", "SigningCompleted")
    @on_fact("signing", "SigningDeclined")
    @on_fact("signing", "NumberRequested")
    @on_fact("signing", "RegistrationRequested")
    @on_fact("signing", "NumberAllotted")
    @on_fact("signing", "OfficialIssued")
    def on_event(self, _envelope: dict[str, object]) -> None:
        self.signing.follow()

    @every_while
    def fill_gaps(self) -> None:
        self.signing.follow()
