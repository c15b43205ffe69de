"""What of official documents waits for somebody, for their first page."""

from collections.abc import Iterator

from gateway.api.signing import for_whom
from gateway.edge import Context, Edge
from gateway.policy.officials import DRAFT, KEEP, reach
from gateway.texts import _
from services.signing import copy_views, lists, queries
from services.signing.copying import title_of
from services.signing.records import Stage

SIGN_ACTS = {"initial": _("Ký nháy văn bản"), "sign": _("Ký văn bản"), "seal": _("Đóng dấu văn bản")}
CLERK_ACTS = {
    Stage.signed: _("Cấp số văn bản"),
    Stage.numbered: _("Chuẩn bị đóng dấu văn bản"),
    Stage.sealed: _("Phát hành văn bản"),
}
MOST = 50
"""Of each kind of duty: who has more of them works from the lists."""

ARRIVAL_ACTS = {"received": _("Vào sổ văn bản đến"), "registered": _("Chuyển văn bản đến")}


def follows_officials(edge: Context) -> bool:
    """Whether the reader's first page is told at once: the many who never write or keep documents need not be."""
    return any(edge.me.has_anywhere(role) for role in DRAFT)


def official_duties(edge: Edge) -> Iterator[tuple[str, str, str]]:
    """What to do, about which document, where."""
    for wait, order in queries.waiting_for(edge.views, for_whom(edge)):
        yield SIGN_ACTS[wait.act], order.title, f"/signing-orders/{order.id}"
    if follows_officials(edge):
        yield from _on_the_way_out(edge)
    yield from _arrived(edge)


def _on_the_way_out(edge: Context) -> Iterator[tuple[str, str, str]]:
    for each in lists.returned_to(edge.views, edge.me.person_id, MOST):
        yield _("Sửa văn bản bị trả lại"), each.described.summary, f"/officials/{each.id}"
    for each in lists.issued_by(edge.views, reach(edge.me, KEEP), tuple(CLERK_ACTS), MOST):
        yield CLERK_ACTS[each.stage], each.described.summary, f"/officials/{each.id}"
    for copy in copy_views.copies_to_issue(edge.views, edge.me.person_id, MOST):
        yield _("Phát hành bản sao"), title_of(copy.described), f"/copies/{copy.id}"


def _arrived(edge: Context) -> Iterator[tuple[str, str, str]]:
    for each in lists.arrivals_to_keep(edge.views, reach(edge.me, KEEP), tuple(ARRIVAL_ACTS), MOST):
        yield ARRIVAL_ACTS[each.stage], each.summary, f"/incoming/{each.id}"
    for each in lists.arrivals_to_acknowledge(edge.views, reach(edge.me, KEEP), MOST):
        yield _("Xác nhận đã nhận văn bản"), each.summary, f"/incoming/{each.id}"
    for each in lists.arrivals_handled_by(edge.views, edge.me.person_id, MOST):
        yield _("Xử lý văn bản đến"), each.summary, f"/incoming/{each.id}"
