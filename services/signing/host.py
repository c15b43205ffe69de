"""Signing as a process of its own."""

from kernel.adapters.entrypoints_nameko import command, every_while, on_fact
from kernel.adapters.hosting_nameko import Parts, Reactions, hosted
from kernel.settings import from_environment
from services.signing import messages
from services.signing.checking import checking
from services.signing.desk import desk_of
from services.signing.service import CODEC, REACTS_TO, SigningService


def hosted_service(parts: Parts) -> SigningService:
    return SigningService(parts.store, parts.deployment, checking(parts.blobs, desk_of(from_environment()).examine))


class SigningHost:
    name = "signing"
    signing = hosted(
        messages,
        hosted_service,
        Reactions("signing.course", CODEC, REACTS_TO),
    )

    @command
    def execute(self, name: str, text: str) -> dict[str, object]:
        return self.signing.execute(name, text)

    @on_fact("signing", "OfficialSubmitted")
    @on_fact("signing", "SealAsked")
    @on_fact("signing", "SigningCompleted")
    @on_fact("signing", "SigningDeclined")
    @on_fact("signing", "SigningCancelled")
    @on_fact("signing", "NumberRequested")
    @on_fact("signing", "RegistrationRequested")
    @on_fact("signing", "NumberAllotted")
    @on_fact("signing", "OfficialIssued")
    @on_fact("signing", "IncomingReceived")
    @on_fact("signing", "CopyMade")
    @on_fact("signing", "CopySealed")
    @on_fact("signing", "CopyIssued")
    def on_event(self, _envelope: dict[str, object]) -> None:
        self.signing.follow()

    @every_while
    def fill_gaps(self) -> None:
        self.signing.follow()
