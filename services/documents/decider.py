"""A document and its versions, which are only ever added. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.documents.messages import (
    AddDocument,
    AddVersion,
    DescribeDocument,
    DocumentAdded,
    DocumentDescribed,
    DocumentErased,
    DocumentIntegrityFailed,
    EraseDocument,
    RecordExtraction,
    ReportDamage,
    TextExtracted,
    VersionAdded,
)

Commands = AddDocument | AddVersion | DescribeDocument | RecordExtraction | ReportDamage | EraseDocument


@dataclass(frozen=True)
class Unregistered:
    pass


@dataclass(frozen=True)
class Registered:
    """`versions`: the SHA-256 of each, the first at 0. `extractions`: the latest per version number.

    `made` of versions, or what they were set from, `damaged` and `erased` are SHA-256 too; what is erased is not read
    any more, and not missed.
    """

    added: DocumentAdded
    description: DocumentDescribed
    versions: tuple[str, ...]
    extractions: dict[int, TextExtracted] = field(default_factory=dict)
    made: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()
    erased: frozenset[str] = frozenset()

    def names(self, sha256: str) -> bool:
        """Whether these bytes are part of the document: a version, what was extracted from one, or its words."""
        return sha256 in self.versions or sha256 in self.made


State = Unregistered | Registered


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case AddDocument(), Unregistered():
            return [DocumentAdded.of(command)]
        case AddDocument(), Registered():
            return _same_or_refused(DocumentAdded.of(command), state.added)
        case _, Unregistered():
            raise Refused("document_not_found")
        case AddVersion(), Registered():
            return _add_version(command, state)
        case DescribeDocument(), Registered():
            described = DocumentDescribed.of(command)
            return [] if described == state.description else [described]
        case RecordExtraction(), Registered():
            return _record_extraction(command, state)
        case ReportDamage(), Registered():
            return _report_damage(command, state)
        case EraseDocument(), Registered():
            return _erase(command, state)
        case _:
            raise TypeError(f"{type(command).__name__} is no command about documents")


def evolve(state: State, event: Event) -> State:
    match event, state:
        case DocumentAdded(), _:
            made = frozenset({event.words_sha256} if event.words_sha256 else ())
            return Registered(event, _description(event), (event.sha256,), made=made)
        case VersionAdded(), Registered():
            return replace(state, versions=(*state.versions, event.sha256))
        case DocumentDescribed(), Registered():
            return replace(state, description=event)
        case TextExtracted(), Registered():
            made = state.made | {each for each in (event.text_sha256, event.pdf_sha256) if each}
            return replace(state, extractions={**state.extractions, event.version: event}, made=made)
        case DocumentIntegrityFailed(), Registered():
            return replace(state, damaged=state.damaged | {event.sha256})
        case DocumentErased(), Registered():
            return replace(state, erased=state.erased | set(event.sha256))
        case _:
            return state


def _same_or_refused(event: DocumentAdded, added: DocumentAdded) -> Sequence[Event]:
    if event == added:
        return []
    raise Refused("document_exists", str(event.document_id))


def _add_version(command: AddVersion, state: Registered) -> Sequence[Event]:
    if command.sha256 == state.versions[-1]:
        raise Refused("same_bytes", "these are the bytes of the current version")
    if command.sha256 in state.erased:
        raise Refused("bytes_erased", command.sha256)
    return [VersionAdded.of(command, version=len(state.versions) + 1)]


def _record_extraction(command: RecordExtraction, state: Registered) -> Sequence[Event]:
    if command.version > len(state.versions):
        raise Refused("version_not_found", str(command.version))
    extracted = TextExtracted.of(command)
    if state.versions[command.version - 1] in state.erased:
        return []
    return [] if state.extractions.get(command.version) == extracted else [extracted]


def _report_damage(command: ReportDamage, state: Registered) -> Sequence[Event]:
    if not state.names(command.sha256):
        raise Refused("bytes_not_in_document", command.sha256)
    if command.sha256 in state.damaged | state.erased:
        return []
    return [DocumentIntegrityFailed(document_id=command.document_id, sha256=command.sha256)]


def _erase(command: EraseDocument, state: Registered) -> Sequence[Event]:
    foreign = [each for each in command.sha256 if not state.names(each)]
    if foreign:
        raise Refused("bytes_not_in_document", foreign[0])
    if str(command.confirmed_by) == command.actor:
        raise Refused("second_person_needed")
    left = [each for each in command.sha256 if each not in state.erased]
    if not left:
        return []
    return [DocumentErased.of(command, sha256=left)]


def _description(event: DocumentAdded) -> DocumentDescribed:
    return DocumentDescribed(
        document_id=event.document_id, title=event.title, number=event.number, issued_on=event.issued_on
    )


def stream(document_id: UUID) -> str:
    return f"document-{document_id}"


decider: Decider[State] = Decider(Unregistered(), decide, evolve)
