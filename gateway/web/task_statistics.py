"""The statistics of tasks by lead unit: a printable page and a table for Excel."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BeforeValidator, Field

from gateway.edge import Context, Edge
from gateway.policy.tasks import task_viewer
from gateway.texts import _, translate
from gateway.web.pages import render
from kernel.vietnam import VIETNAM
from services.tasks import views as tasks
from services.tasks.deadlines import DueState

router = APIRouter()

COLUMNS = (
    _("Đơn vị chủ trì"),
    _("Tổng số"),
    _("Hoàn thành đúng hạn"),
    _("Hoàn thành quá hạn"),
    _("Chưa hoàn thành, trong hạn"),
    _("Trong đó sắp đến hạn"),
    _("Chưa hoàn thành, quá hạn"),
)
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
BLANK = BeforeValidator(lambda typed: typed or None)
"""A date field that was left empty comes as empty text."""

Since = Annotated[Day | None, BLANK, Query(alias="from")]
Until = Annotated[Day | None, BLANK, Query(alias="to")]


@router.get("/tasks/statistics")
def statistics_page(edge: Edge, since: Since = None, until: Until = None) -> Response:
    units = _units(edge, since, until)
    totals = {state: sum(each.counts[state] for each in units) for state in DueState}
    dates = {"from": since, "to": until}
    values: dict[str, Any] = {
        "units": units,
        "totals": totals,
        "total": sum(each.total for each in units),
        "since": since,
        "until": until,
        "query": urlencode({name: day.isoformat() for name, day in dates.items() if day}),
    }
    return render(edge, "tasks/statistics.html", **values)


@router.get("/tasks/statistics.csv")
def statistics_csv(edge: Edge, since: Since = None, until: Until = None) -> Response:
    """UTF-8 with a byte order mark, without which Excel reads Vietnamese as mojibake."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([translate(column, edge.locale) for column in COLUMNS])
    for each in _units(edge, since, until):
        counts = each.counts
        in_time = counts[DueState.in_time] + counts[DueState.due_soon]
        done = (counts[DueState.done_on_time], counts[DueState.done_late])
        name = harmless(each.unit.name)
        writer.writerow([name, each.total, *done, in_time, counts[DueState.due_soon], counts[DueState.overdue]])
    headers = {"Content-Disposition": 'attachment; filename="thong-ke-nhiem-vu.csv"'}
    return Response("\ufeff" + table.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def harmless(text: str) -> str:
    """A cell that begins like a formula would be run by Excel."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _units(edge: Context, since: date | None, until: date | None) -> list[tasks.UnitCounts]:
    first = datetime.combine(since, time.min, VIETNAM) if since else None
    last = datetime.combine(until + timedelta(days=1), time.min, VIETNAM) if until else None
    found = tasks.counts_by_unit(edge.views, edge.now, since=first, until=last, viewer=task_viewer(edge.me))
    return [each for each in found if each.total]
