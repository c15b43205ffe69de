"""People acting in the demo, at the times the script says."""

import io
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from dienhong.demo.papers import Paper
from dienhong.demo.people import demo_id
from dienhong.embedded import Embedded
from kernel.ids import uuid7
from kernel.messages import Command
from kernel.settings import Settings
from kernel.vietnam import VIETNAM
from services.documents.messages import AddDocument
from services.meeting.messages import AttachDocument, DocumentKind


class Stage:
    """`now` is the demo's clock while it is being set up; it only moves forward."""

    def __init__(self, settings: Settings, begins: datetime) -> None:
        self.now = begins
        self.embedded = Embedded(settings, clock=lambda: self.now)
        self.embedded.start()

    def close(self) -> None:
        self.embedded.settle()
        self.embedded.stop()

    def goes_on(self, *, minutes: float = 0, seconds: float = 0) -> None:
        self.now += timedelta(minutes=minutes, seconds=seconds)

    def comes_to(self, moment: datetime) -> None:
        """Everything that follows from what has happened is recorded before the clock moves."""
        self.embedded.settle()
        if moment < self.now:
            raise ValueError("the demo's clock only moves forward")
        self.now = moment

    def does(self, login: str, command: type[Command], /, **fields: Any) -> int:
        actor = str(demo_id(login))
        stamped = command(id=uuid7(), actor=actor, at=self.now, **fields)
        return self.embedded.gate.clients.execute(stamped).position

    def attaches(self, meeting_id: UUID, item_id: UUID | None, paper: Paper, kind: DocumentKind) -> UUID:
        """Uploads the paper as the clerk would, through the same examination."""
        local = self.now.astimezone(VIETNAM)
        content = paper.pdf(f"Bến Trăng, ngày {local.day:02} tháng {local:%m} năm {local.year}")
        document_id = uuid7()
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            examined = self.embedded.documents.examine(Path(file.name), f"{paper.key}.pdf")
        blob = self.embedded.blobs.put(io.BytesIO(content), size=len(content))
        self.does(
            "vanthu",
            AddDocument,
            document_id=document_id,
            title=f"{paper.kind}: {paper.title}",
            file_name=examined.file_name,
            media_type=examined.media_type,
            size=blob.size,
            sha256=blob.sha256,
            number=paper.number,
        )
        self.does(
            "vanthu",
            AttachDocument,
            meeting_id=meeting_id,
            document_id=document_id,
            kind=kind,
            item_id=item_id,
            title=f"{paper.kind}: {paper.title}",
        )
        return document_id
