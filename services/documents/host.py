"""Documents as a process of its own."""

from kernel.adapters.entrypoints_nameko import command, every_while, on_fact
from kernel.adapters.hosting_nameko import Reactions, hosted
from kernel.codec import Codec
from services.documents import messages
from services.documents.service import CODEC, REACTS_TO, DocumentsService
from services.signing.messages.orders import ProofRenewed, SigningCompleted


class DocumentsHost:
    name = "documents"
    documents = hosted(
        messages,
        lambda parts: DocumentsService(parts.store, parts.deployment, parts.blobs),
        Reactions("documents.extraction", CODEC | Codec([SigningCompleted, ProofRenewed]), REACTS_TO),
    )

    @command
    def execute(self, name: str, text: str) -> dict[str, object]:
        return self.documents.execute(name, text)

    @on_fact("documents", "DocumentAdded")
    @on_fact("documents", "VersionAdded")
    @on_fact("signing", "SigningCompleted")
    @on_fact("signing", "ProofRenewed")
    def on_event(self, _envelope: dict[str, object]) -> None:
        self.documents.follow()

    @every_while
    def fill_gaps(self) -> None:
        self.documents.follow()
