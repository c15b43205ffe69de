"""Signatures on approved minutes: the minute taker's, then the presiding officer's, on exactly the approved PDF.

What was approved stays what it was, proof included; the signed file is the same bytes with signatures added.
"""

from sqlite3 import Connection
from uuid import UUID

from gateway import official_text
from gateway.edge import Context, Done
from kernel.decider import Refused
from kernel.ids import derived
from services.documents.messages import AddDocument
from services.meeting import preparation_views as meetings
from services.meeting.minutes_views import Minutes
from services.signing import queries
from services.signing.messages.orders import Act, OpenSigningOrder, Purpose, Step
from services.signing.records import Order

STANDS = ("waiting", "completed")


def order_of(edge: Context, meeting_id: str) -> Order | None:
    """The one that waits or is complete; there is at most one beside those that were declined."""
    orders = queries.orders_of_document(edge.views, document_id(meeting_id))
    return next((each for each in orders if each.stage in STANDS), orders[-1] if orders else None)


def ask(edge: Context, minutes: Minutes) -> Done:
    """Once; again only after somebody declined. `id` is the order."""
    if minutes.state.open or minutes.pdf_sha256 is None:
        raise Refused("minutes_not_approved", minutes.state)
    asked = queries.orders_of_document(edge.views, document_id(minutes.meeting_id))
    if any(each.stage in STANDS for each in asked):
        raise Refused("signatures_asked", minutes.meeting_id)
    _add_document(edge, minutes, minutes.pdf_sha256)
    order_id = derived(UUID(minutes.meeting_id), f"signatures {len(asked)}")
    done = edge.send(
        OpenSigningOrder,
        index="order",
        order_id=order_id,
        document_id=document_id(minutes.meeting_id),
        purpose=Purpose.paper,
        title=_title(minutes),
        sha256=minutes.pdf_sha256,
        steps=_steps(edge, minutes),
    )
    return done.model_copy(update={"id": order_id})


def signed(edge: Context, minutes: Minutes) -> tuple[bytes, str]:
    """The minutes with all signatures, and their SHA-256. Refuses `minutes_not_signed`."""
    order = order_of(edge, minutes.meeting_id)
    if order is None or order.stage != "completed":
        raise Refused("minutes_not_signed", minutes.meeting_id)
    return official_text.read(edge, order.sha256), order.sha256


def meeting_of(views: Connection, order: Order) -> str | None:
    """Whose minutes the order is for; None where it is for something else."""
    if order.purpose != Purpose.paper:
        return None
    held = (row["meeting_id"] for row in views.execute("SELECT meeting_id FROM minutes"))
    return next((each for each in held if str(document_id(each)) == order.document_id), None)


def _add_document(edge: Context, minutes: Minutes, sha256: str) -> None:
    """Readers get it with the minutes, so it has no other place where it is found."""
    edge.send(
        AddDocument,
        index="document",
        document_id=document_id(minutes.meeting_id),
        title=_title(minutes)[:500],
        file_name="bien-ban.pdf",
        media_type="application/pdf",
        size=len(official_text.read(edge, sha256)),
        sha256=sha256,
    )


def _steps(edge: Context, minutes: Minutes) -> tuple[Step, ...]:
    meeting = meetings.meeting(edge.views, minutes.meeting_id)
    taker = meeting.minute_taker_id if meeting else minutes.presiding_officer_id
    signers = dict.fromkeys((taker, minutes.presiding_officer_id))
    return tuple(Step(act=Act.sign, signer_ids=(UUID(each),)) for each in signers)


def _title(minutes: Minutes) -> str:
    return f"Biên bản {minutes.title}"


def document_id(meeting_id: str) -> UUID:
    """Of the signed file; it has no meeting of its own, so that nobody finds it but with the minutes."""
    return derived(UUID(meeting_id), "signed minutes")
