"""Import of people: a preview that writes nothing, then the confirmation of exactly that list."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.types import Message

from gateway.api.commands import Body
from gateway.api.session import token_of
from gateway.edge import Context, Edge
from gateway.people_import import columns, sheet
from gateway.people_import.fates import Adds, Fate, RowFate, fates
from gateway.people_import.known import Known
from gateway.people_import.writing import write
from gateway.web.pages import local
from kernel.decider import Refused

router = APIRouter(tags=["directory"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENVELOPE = 64 * 1024
"""What multipart adds around the file at most."""


class RowShown(BaseModel):
    """`number` is the line in the spreadsheet; `same_as_line` names the earlier line that it repeats."""

    number: int
    full_name: str
    fate: Fate
    adds: list[Adds] = []
    reasons: list[str] = []
    same_as_line: int | None = None


class Preview(BaseModel):
    """Without a good header there are no rows, and `expected_columns` says what the header line must be."""

    token: str
    expected_columns: list[str]
    unknown_columns: list[str]
    repeated_columns: list[str]
    header_is_good: bool
    rows: list[RowShown]
    counts: dict[Fate, int]


class Confirmation(Body):
    token: str = Field(min_length=1, max_length=100)


class NewAccount(BaseModel):
    full_name: str
    login: str
    activation_code: str


class RefusedRow(BaseModel):
    number: int
    full_name: str
    code: str


class Imported(BaseModel):
    """The activation codes are shown this once."""

    people: int
    mandates: int
    roles: int
    accounts: list[NewAccount]
    refused: list[RefusedRow]


async def uploaded(request: Request) -> bytes:
    """The file itself, sent as the body or as the one file of a multipart form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > sheet.MAX_BYTES + ENVELOPE:
            raise Refused("too_large")
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return body

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(request.scope, replay).form(max_files=1, max_fields=5) as form:
        files = [value for value in form.values() if not isinstance(value, str)]
        if not files:
            raise Refused("empty_sheet")
        return await files[0].read()


BINARY = {"schema": {"type": "string", "format": "binary"}}
REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": BINARY,
            XLSX: BINARY,
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@router.post(
    "/people/import/preview",
    summary="Every row's fate; nothing is written",
    operation_id="preview_import",
    openapi_extra=REQUEST_BODY,
)
def preview(edge: Edge, file: Annotated[bytes, Depends(uploaded)]) -> Preview:
    edge.require("manage_directory")
    sheet.read(file)
    token = edge.gate.identity.previews.keep(token_of(edge), file)
    return read_preview(edge, token)[0]


@router.post("/people/import", summary="Write the previewed list", operation_id="confirm_import")
def confirm(edge: Edge, body: Confirmation) -> Imported:
    """Rows in error are left out; what already stands is not written again."""
    edge.require("manage_directory")
    rows = _read(edge, edge.gate.identity.previews.take(token_of(edge), body.token))[1]
    written = write(edge, rows)
    opened = [each.entry for each in written if each.entry.login and each.refused is None]
    codes = edge.gate.identity.issue_codes([(str(e.person_id), e.login or "", e.full_name) for e in opened])
    done = [each.entry for each in written if each.refused is None]
    return Imported(
        people=sum(each.is_new for each in done),
        mandates=sum(each.mandate is not None for each in done),
        roles=sum(len(each.roles) for each in done),
        accounts=[
            NewAccount(full_name=each.full_name, login=each.login or "", activation_code=code)
            for each, code in zip(opened, codes, strict=True)
        ],
        refused=[
            RefusedRow(number=each.number, full_name=each.entry.full_name, code=each.refused)
            for each in written
            if each.refused
        ],
    )


@router.get(
    "/people/import/template.csv",
    summary="The list to fill in, as CSV",
    operation_id="import_template_csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": BINARY}}},
)
def template_csv(edge: Edge) -> Response:
    edge.require("manage_directory")
    return _download(columns.template_csv(), "text/csv; charset=utf-8", "danh-sach-nguoi.csv")


@router.get(
    "/people/import/template.xlsx",
    summary="The list to fill in, as a workbook",
    operation_id="import_template_xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: BINARY}}},
)
def template_xlsx(edge: Edge) -> Response:
    edge.require("manage_directory")
    return _download(columns.template_xlsx(), XLSX, "danh-sach-nguoi.xlsx")


def read_preview(edge: Context, token: str) -> tuple[Preview, list[RowFate]]:
    header, rows = _read(edge, edge.gate.identity.previews.read(token_of(edge), token))
    shown = Preview(
        token=token,
        expected_columns=list(columns.HEADERS),
        unknown_columns=list(header.unknown),
        repeated_columns=list(header.repeated),
        header_is_good=header.good,
        rows=[
            RowShown(
                number=each.number,
                full_name=each.cells["full_name"],
                fate=each.fate,
                adds=list(each.entry.adds) if each.entry else [],
                reasons=list(each.reasons),
                same_as_line=each.same_as_line,
            )
            for each in rows
        ],
        counts={fate: sum(each.fate is fate for each in rows) for fate in Fate},
    )
    return shown, rows


def _read(edge: Context, file: bytes) -> tuple[columns.Header, list[RowFate]]:
    rows = sheet.read(file)
    header = columns.read_header(rows[0])
    if not header.good:
        return header, []
    known = Known(edge.views, edge.gate.settings.deployment)
    found = fates(rows, known, local(edge.now).date())
    if not found:
        raise Refused("empty_sheet")
    return header, found


def _download(file: bytes, media_type: str, name: str) -> Response:
    return Response(file, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
