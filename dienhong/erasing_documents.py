"""Lawful erasure of a document's bytes: the file, its words, what was made of it, and what the search index has of it.

The log keeps that the document was there and its SHA-256, so every proof stands. Equal bytes are kept once: an order
must name every document that has them, and what is made of a file goes unless another document needs it too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from audit.documents import ERASABLE, NAMES_WITHOUT_PROMISE
from dienhong.console import Fault
from dienhong.orders import Order, opened, remove_views, wrong_field
from gateway.edge import utc_now
from kernel.ids import uuid7
from kernel.messages import Event, Recorded
from kernel.ports import ErasableBlobs, EventStore
from kernel.settings import Settings
from kernel.wiring import open_alone, open_blobs
from services.documents import decider
from services.documents.messages import DocumentAdded, EraseDocument, TextExtracted, VersionAdded
from services.documents.service import CODEC, DocumentsService

BATCH = 1000


@dataclass(frozen=True)
class Wanted:
    """Every version of these documents, or the one of this number."""

    documents: tuple[UUID, ...]
    version: int | None = None


@dataclass(frozen=True)
class File:
    """Of one document: `own` bytes of the versions that are to go; `made` of them, or what they were set from."""

    document_id: UUID
    own: frozenset[str]
    made: frozenset[str]


@dataclass(frozen=True, order=True)
class Naming:
    """An event that names stored bytes."""

    stream: str
    type: str
    version: int
    """Of the document; 0 where the event is about none."""


def erase_documents(settings: Settings, wanted: Wanted, order: Order) -> tuple[str, ...]:
    """The SHA-256 of what is gone. Repeated after an interruption, it ends what was begun."""
    blobs = open_blobs(settings)
    with opened(settings, open_alone) as ours:
        by, also_by = ours.signed(order)
        files = [_file(ours.store, each, wanted.version) for each in wanted.documents]
        going = _going(ours.store, files, wanted.version)
        _refuse_held(blobs, going)
        ours.seal()
        service = DocumentsService(ours.store, settings.deployment, blobs)
        try:
            for each in files:
                service.execute(_command(each, going, order.basis, by, also_by))
        finally:
            service.close()
        ours.seal()
        for sha256 in going:
            blobs.erase(sha256)
        remove_views(settings)
    return going


def _file(store: EventStore, document_id: UUID, version: int | None) -> File:
    events = [CODEC.decode(each) for each in store.read(decider.stream(document_id))]
    versions = {_version(each): each.sha256 for each in events if isinstance(each, DocumentAdded | VersionAdded)}
    chosen = versions.keys() if version is None else versions.keys() & {version}
    if not chosen:
        raise Fault(f"There is no document {document_id}{'' if version is None else f' of version {version}'}.")
    read = [each for each in events if isinstance(each, TextExtracted) and each.version in chosen]
    unread = sorted(chosen - {each.version for each in read})
    if unread:
        raise Fault(f"Version {unread[0]} of {document_id} is not read yet: start the product, wait until it is.")
    made = {sha256 for each in read for sha256 in (each.text_sha256, each.pdf_sha256) if sha256}
    written = [each.words_sha256 for each in events if isinstance(each, DocumentAdded) and 1 in chosen]
    made |= {sha256 for sha256 in written if sha256}
    return File(document_id, frozenset(versions[each] for each in chosen), frozenset(made))


def _going(store: EventStore, files: Sequence[File], version: int | None) -> tuple[str, ...]:
    """Raises `Fault` where bytes that are to go belong to something that the order does not name."""
    ours = {decider.stream(each.document_id) for each in files}
    own = {sha256 for each in files for sha256 in each.own}
    made = {sha256 for each in files for sha256 in each.made} - own
    needed = {
        sha256: [each for each in names if each.stream not in ours or version not in (None, each.version)]
        for sha256, names in _namings(store, own | made).items()
    }
    for sha256 in sorted(own):
        for each in needed[sha256]:
            _refuse_shared(sha256, each)
    return tuple(sorted(own | {each for each in made if not needed[each]}))


def _refuse_shared(sha256: str, naming: Naming) -> None:
    if naming.type not in ERASABLE:
        raise Fault(f"{sha256} is named by {naming.type} in {naming.stream}, which no order can erase.")
    raise Fault(f"{sha256} is also version {naming.version} of {naming.stream}: the order must name that too.")


def _namings(store: EventStore, wanted: Collection[str]) -> dict[str, set[Naming]]:
    """Whatever type of event it is: what nobody has thought of here must not lose its bytes."""
    found = defaultdict[str, set[Naming]](set)
    for recorded in _all(store):
        if recorded.type in NAMES_WITHOUT_PROMISE:
            continue
        for sha256 in wanted:
            if sha256.encode() in recorded.data:
                event = CODEC.decode(recorded) if recorded.type in CODEC.types else None
                found[sha256].add(Naming(recorded.stream, recorded.type, _version(event)))
    return found


def _version(event: Event | None) -> int:
    match event:
        case DocumentAdded():
            return 1
        case VersionAdded() | TextExtracted():
            return event.version
        case _:
            return 0


def _all(store: EventStore) -> Iterable[Recorded]:
    after = 0
    while batch := store.read_all(after, BATCH):
        yield from batch
        after = batch[-1].position


def _refuse_held(blobs: ErasableBlobs, going: Sequence[str]) -> None:
    for sha256 in going:
        if held := blobs.held(sha256):
            raise Fault(f"{sha256} cannot be erased now: {held}. Nothing was recorded and nothing was erased.")


def _command(file: File, going: Sequence[str], basis: str, by: str, also_by: str) -> EraseDocument:
    try:
        return EraseDocument(
            id=uuid7(),
            actor=by,
            at=utc_now(),
            document_id=file.document_id,
            sha256=tuple(each for each in going if each in file.own | file.made),
            basis=basis,
            confirmed_by=UUID(also_by),
        )
    except ValidationError as error:
        raise wrong_field(error) from error
