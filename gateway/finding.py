"""Search for people: the kernel's index, narrowed to what the person may see."""

from collections.abc import Callable, Collection
from functools import cache
from urllib.parse import quote

from gateway.edge import Context
from gateway.texts import _
from kernel import search
from kernel.search import Entry, Found, Hit
from services.directory import views as directory
from services.meeting import preparation_views as meetings

PAGE = 20
KINDS = {
    "meeting": _("Cuộc họp"),
    "agenda_item": _("Nội dung họp"),
    "document": _("Tài liệu"),
    "conclusion": _("Kết luận"),
    "task": _("Nhiệm vụ"),
    "minutes": _("Biên bản"),
    "official": _("Văn bản đi"),
    "incoming": _("Văn bản đến"),
    "person": _("Người"),
}


def find(edge: Context, query: str, kinds: Collection[str] | None, page: int) -> Found:
    """Page 1 is the first. What the person may not see takes no place on any page."""
    return search.find(
        edge.views, query, kinds=kinds or None, limit=PAGE, offset=(page - 1) * PAGE, visible=_visible(edge)
    )


def _visible(edge: Context) -> Callable[[Entry], bool]:
    @cache
    def allowed(action: str, name: str, ref: str) -> bool:
        return edge.allows(action, **{name: ref})

    def visible(entry: Entry) -> bool:
        match entry.kind:
            case "document":
                return allowed("see_document", "document_id", entry.ref)
            case "task":
                return allowed("see_task", "task_id", entry.ref)
            case "person":
                return allowed("see_directory", "person_id", entry.ref)
            case "official" | "incoming":
                return allowed(f"see_{entry.kind}", f"{entry.kind}_id", entry.ref)
            case "meeting":
                return allowed("see_meeting", "meeting_id", entry.ref)
            case "minutes":
                return entry.meeting_id is not None and allowed("see_minutes", "minutes_of", entry.meeting_id)
            case _:
                return entry.meeting_id is not None and allowed("see_meeting", "meeting_id", entry.meeting_id)

    return visible


def address(hit: Hit) -> str:
    """The page that shows it; a document opens at the first place found, as it is written there."""
    entry = hit.entry
    match entry.kind:
        case "document":
            found = next((piece.text for piece in hit.snippet if piece.found), "")
            return f"/documents/{entry.ref}" + (f"#search={quote(found)}" if found else "")
        case "task":
            return f"/tasks/{entry.ref}"
        case "person":
            return f"/people/{entry.ref}"
        case "official":
            return f"/officials/{entry.ref}"
        case "incoming":
            return f"/incoming/{entry.ref}"
        case "minutes":
            return f"/meetings/{entry.meeting_id}/minutes"
        case "meeting":
            return f"/meetings/{entry.ref}"
        case "agenda_item":
            return f"/meetings/{entry.meeting_id}#item-{entry.ref}"
        case "conclusion":
            return f"/meetings/{entry.meeting_id}/conclusions"
        case _:
            return f"/meetings/{entry.meeting_id}"


def context_line(edge: Context, entry: Entry) -> str:
    """Where the thing belongs: the title of a meeting that the reader may know of, otherwise the unit's name."""
    for meeting_id in _meetings_of(edge, entry):
        meeting = meetings.meeting(edge.views, meeting_id)
        # Who received minutes reads the title on them, invited or not.
        known = entry.kind == "minutes" or edge.allows("see_meeting", meeting_id=meeting_id)
        if meeting is not None and known:
            return meeting.title
    unit = directory.unit(edge.views, entry.unit_id) if entry.unit_id is not None else None
    return unit.name if unit else ""


def _meetings_of(edge: Context, entry: Entry) -> list[str]:
    if entry.kind == "document":
        return [each.meeting_id for each in meetings.meetings_of_document(edge.views, entry.ref)]
    return [entry.meeting_id] if entry.meeting_id is not None and entry.kind != "meeting" else []
