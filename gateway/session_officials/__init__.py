"""Official documents that follow from a meeting: the notice of its conclusions, and the resolutions that it passed."""

from dataclasses import replace
from uuid import UUID

from gateway.edge import Context
from gateway.official_prefill import Prefill
from gateway.session_officials.notice import notice_of_conclusions
from gateway.session_officials.receivers import MOST
from gateway.session_officials.resolution import resolution_of
from services.meeting import preparation_views as meetings
from services.signing.messages.official import Kind


def prefill(edge: Context, kind: Kind | None, meeting_id: UUID | None, item_id: UUID | None) -> Prefill:
    """What the form begins with. Refuses `nothing_concluded`, `poll_not_passed`, and what is not to be seen."""
    if meeting_id is None:
        return Prefill(kind=kind)
    edge.require("see_meeting", meeting_id=meeting_id)
    meeting = meetings.meeting(edge.views, meeting_id)
    assert meeting is not None
    match kind:
        case Kind.notice:
            return notice_of_conclusions(edge, meeting)
        case Kind.resolution if item_id is not None:
            return resolution_of(edge, meeting, item_id)
        case _:
            return Prefill(kind=kind, meeting_id=meeting_id, item_id=item_id)


def anew(edge: Context, form: Prefill) -> Prefill:
    """A draft's form with the words, and for whom they are, as the meeting stands now; who signs stays."""
    fresh = prefill(edge, form.kind, form.meeting_id, form.item_id)
    known = {each.unit_id for each in fresh.recipients}
    others = [each for each in form.recipients if each.unit_id is None or each.unit_id not in known]
    recipients = (*fresh.recipients, *others)[:MOST]
    return replace(form, text=fresh.text, recipients=recipients, conclusions=fresh.conclusions)
