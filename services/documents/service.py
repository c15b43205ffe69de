"""Executes the commands of documents, and reads new versions in a process of its own."""

from pathlib import Path

from kernel.codec import Codec
from kernel.decider import Refused
from kernel.handle import CommandHandler
from kernel.ids import derived
from kernel.messages import Accepted, Command, Event, Recorded
from kernel.ports import Blobs, Corrupt, EventStore, NotStored
from kernel.worker import Worker, WorkerFailed
from services.documents import decider
from services.documents.extraction import Extraction, Extractor
from services.documents.intake import Examined, examine_file
from services.documents.messages import EVENTS, DocumentAdded, RecordExtraction, ReportDamage, VersionAdded
from services.documents.policy import react

CODEC = Codec(EVENTS)
REACTS_TO = frozenset({"DocumentAdded", "VersionAdded", "SigningCompleted", "ProofRenewed"})
ACTOR = "documents.extraction"
EXAMINE_SECONDS = 30
EXTRACT_SECONDS = 120


class DocumentsService:
    """Uploads are examined in one process and read in another, so that a long reading delays no upload."""

    def __init__(self, store: EventStore, deployment: str, blobs: Blobs) -> None:
        self._handler = CommandHandler("documents", store, CODEC, deployment)
        self._examiner = Worker(EXAMINE_SECONDS)
        self._reader = Worker(EXTRACT_SECONDS)
        self._extractor = Extractor(blobs, self._reader)

    def execute(self, command: Command) -> Accepted:
        if not isinstance(command, decider.Commands):
            raise TypeError(f"not a command of documents: {type(command).__name__}")
        return self._handler.handle(decider.decider, decider.stream(command.document_id), command)

    def examine(self, path: Path, file_name: str) -> Examined:
        """What an uploaded file is; raises `Refused` for what must not be kept."""
        try:
            return self._examiner.run(examine_file, str(path), file_name)
        except WorkerFailed as failure:
            raise Refused("unreadable_file", str(failure)) from failure

    def on_event(self, recorded: Recorded, event: Event) -> None:
        if isinstance(event, DocumentAdded | VersionAdded):
            self.execute(self._extraction(recorded, event))
        for command in react(recorded, event):
            self.execute(command)

    def close(self) -> None:
        self._examiner.close()
        self._reader.close()

    def _extraction(self, recorded: Recorded, event: DocumentAdded | VersionAdded) -> RecordExtraction:
        stamps = {
            "actor": "documents.extraction",
            "at": recorded.recorded_at,
            "correlation_id": recorded.correlation_id,
        }
        try:
            found = self._extractor.extract(event.sha256, event.media_type)
        except (Corrupt, NotStored):
            damage = {"document_id": event.document_id, "sha256": event.sha256}
            self.execute(ReportDamage.model_validate({**stamps, **damage, "id": derived(recorded.id, "damage")}))
            found = Extraction(failure="damaged")
        return RecordExtraction.model_validate(
            {
                **stamps,
                "id": derived(recorded.id, 0),
                "document_id": event.document_id,
                "version": event.version if isinstance(event, VersionAdded) else 1,
                "text_sha256": found.text_sha256,
                "pdf_sha256": found.pdf_sha256,
                "pages": found.pages,
                "failure": found.failure,
            }
        )
