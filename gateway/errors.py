"""Every refusal and failure as an RFC 9457 problem."""

from collections.abc import Callable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from gateway.identity.headers import complete
from gateway.identity.store import IdentityUnavailable
from gateway.problems import FIELD_SENTENCES, OTHERWISE, PROBLEMS, FieldError, Problem, TryLater
from gateway.texts import translate
from gateway.web.pages import error_page, to_sign_in
from kernel.decider import Refused
from kernel.ports import AppendError, BlobsUnavailable, Conflict, StoreBroken, StoreUnavailable, Unacceptable
from ledger.remote import LedgerAway

log = structlog.get_logger()

BY_STATUS = {status: code for code, (status, _text) in reversed(PROBLEMS.items())}


def problem(
    request: Request, code: str, errors: list[FieldError] | None = None, headers: dict[str, str] | None = None
) -> Response:
    status, sentence = PROBLEMS.get(code, PROBLEMS["conflict"])
    if code not in PROBLEMS:
        log.error("refusal_without_sentence", code=code)
    locale = getattr(request.state, "locale", "vi")
    body = Problem(
        type=f"urn:dienhong:problem:{code}",
        title=code.replace("_", " "),
        status=status,
        detail=translate(sentence, locale),
        code=code,
        errors=errors or [],
    )
    if wants_page(request):
        return to_sign_in(request) if status == 401 else error_page(request, body, headers or {})
    return JSONResponse(
        body.model_dump(exclude_defaults=True),
        status,
        media_type="application/problem+json",
        headers={"Content-Language": locale, **(headers or {})},
    )


def wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/stream")) and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    for kind, answer in ANSWERS.items():
        app.add_exception_handler(kind, answer)


def answer_to(request: Request, error: Exception) -> Response:
    """What the application answers when a route raises this."""
    return next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)(request, error)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem(request, error.code)


def _try_later(request: Request, error: Exception) -> Response:
    assert isinstance(error, TryLater)
    return problem(request, error.code, headers={"Retry-After": str(error.seconds)})


def _append_error(request: Request, error: Exception) -> Response:
    codes = {Conflict: "conflict", Unacceptable: "too_large"}
    return problem(request, codes.get(type(error), "id_conflict"))


def _unavailable(request: Request, error: Exception) -> Response:
    codes: dict[type[Exception], str] = {
        BlobsUnavailable: "documents_unavailable",
        IdentityUnavailable: "sign_in_unavailable",
        LedgerAway: "ledger_unavailable",
    }
    code = codes.get(type(error), "unavailable")
    log.error(code, reason=str(error))
    return problem(request, code, headers={"Retry-After": "5"})


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = BY_STATUS.get(error.status_code, "bad_request" if error.status_code < 500 else "failed")
    return problem(request, code, headers=dict(error.headers or {}))


def _failed(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    response = problem(request, "failed")
    complete(response.headers, request.scope)  # this answer is made outside the middleware
    return response


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    locale = getattr(request.state, "locale", "vi")
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return problem(request, "bad_request")
    if wants_page(request):
        return problem(request, "wrong_address")  # pages are only read: no form is there to mark a field in
    return problem(request, "invalid", [_field_error(each, locale) for each in error.errors()])


def _field_error(error: Any, locale: str) -> FieldError:
    where = error["loc"][1:] if error["loc"] and error["loc"][0] in ("body", "query", "path") else error["loc"]
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in where)
    return FieldError(pointer=pointer, detail=_sentence(error, locale))


def _sentence(error: Any, locale: str) -> str:
    sentence = FIELD_SENTENCES.get(error["type"], OTHERWISE)
    return translate(sentence, locale).format(**(error.get("ctx") or {}))


ANSWERS: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    Refused: _refused,
    RequestValidationError: _invalid,
    HTTPException: _http,
    AppendError: _append_error,
    TryLater: _try_later,
    StoreUnavailable: _unavailable,
    StoreBroken: _unavailable,
    Exception: _failed,
}
