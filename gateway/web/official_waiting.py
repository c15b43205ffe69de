"""What of official documents waits for somebody, for their first page."""

from collections.abc import Iterator

from gateway.api.incoming import list_incoming
from gateway.api.signing import for_whom
from gateway.edge import Context, Edge
from gateway.texts import _
from services.signing import queries
from services.signing.records import Stage

SIGN_ACTS = {"initial": _("Ký nháy văn bản"), "sign": _("Ký văn bản"), "seal": _("Đóng dấu văn bản")}
CLERK_ACTS = {
    Stage.signed: _("Cấp số văn bản"),
    Stage.numbered: _("Chuẩn bị đóng dấu văn bản"),
    Stage.sealed: _("Phát hành văn bản"),
}
ARRIVAL_ACTS = {"received": _("Vào sổ văn bản đến"), "registered": _("Chuyển văn bản đến")}


DRAFTERS = ("officer", "leader", "records_clerk", "minute_taker", "presiding_officer")


def follows_officials(edge: Context) -> bool:
    """Whether the reader's first page is told at once: the many who never write or keep documents need not be."""
    return any(edge.me.has_anywhere(role) for role in DRAFTERS)


def official_duties(edge: Edge) -> Iterator[tuple[str, str, str]]:
    """What to do, about which document, where."""
    for wait, order in queries.waiting_for(edge.views, for_whom(edge)):
        yield SIGN_ACTS[wait.act], order.title, f"/signing-orders/{order.id}"
    if follows_officials(edge):
        yield from _on_the_way_out(edge)
    yield from _arrived(edge)


def _on_the_way_out(edge: Context) -> Iterator[tuple[str, str, str]]:
    for each in queries.officials(edge.views, (Stage.draft, *CLERK_ACTS)):
        summary, url = each.described.summary, f"/officials/{each.id}"
        if each.stage is Stage.draft:
            if each.reason and each.drafted_by == edge.me.person_id:
                yield _("Sửa văn bản bị trả lại"), summary, url
        elif edge.allows("register_official", official_id=each.id):
            yield CLERK_ACTS[each.stage], summary, url


def _arrived(edge: Edge) -> Iterator[tuple[str, str, str]]:
    for each in list_incoming(edge):
        url = f"/incoming/{each.id}"
        if each.stage in ARRIVAL_ACTS and edge.me.has("records_clerk", each.receiver_id):
            yield ARRIVAL_ACTS[each.stage], each.summary, url
        elif each.stage == "routed" and each.person_id == edge.me.person_id:
            yield _("Xử lý văn bản đến"), each.summary, url
