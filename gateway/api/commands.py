"""One line per write: a route that turns a JSON body into a command."""

import inspect
import re
import unicodedata
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, create_model, model_validator

from gateway.edge import Context, Done, Edge
from kernel.ids import derived
from kernel.messages import Command

STAMPED = frozenset({"id", "actor", "at", "correlation_id"})


class Body(BaseModel):
    """What people send: unknown fields are errors and all text becomes NFC, so that equal words are equal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _composed(cls, value: Any) -> Any:
        return nfc(value)


def nfc(value: Any) -> Any:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {key: nfc(each) for key, each in value.items()}
        case list():
            return [nfc(each) for each in value]
        case _:
            return value


def command_route(
    router: APIRouter,
    path: str,
    command: type[Command],
    *,
    action: str,
    creates: str | None = None,
    mine: str | None = None,
    method: str = "POST",
) -> None:
    """`creates` names the field that gets a new id, `mine` the one that gets the caller's person id.

    The new id derives from the request's Idempotency-Key, so that a repeated request creates nothing twice.
    """
    path_ids = re.findall(r"{(\w+)}", path)
    given = STAMPED | set(path_ids) | {creates, mine}
    fields: dict[str, Any] = {
        name: (info.annotation, info) for name, info in command.model_fields.items() if name not in given
    }
    body_type = create_model(f"{command.__name__}Body", __base__=Body, **fields) if fields else None

    def endpoint(edge: Context, body: BaseModel | None = None, **ids: UUID) -> Done:
        edge.require(action, **ids)
        values: dict[str, Any] = {**(dict(body) if body else {}), **ids}
        if mine is not None:
            values[mine] = edge.me.person_id
        if creates is None:
            return edge.send(command, **values)
        values[creates] = derived(edge.command_id, creates)
        return edge.send(command, **values).model_copy(update={"id": values[creates]})

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("edge", keyword, annotation=Edge)]
    parameters += [inspect.Parameter(name, keyword, annotation=UUID) for name in path_ids]
    if body_type is not None:
        parameters.append(inspect.Parameter("body", keyword, annotation=body_type))
    endpoint.__signature__ = inspect.Signature(parameters, return_annotation=Done)  # type: ignore[attr-defined]
    endpoint.__name__ = re.sub(r"(?<!^)(?=[A-Z])", "_", command.__name__).lower()
    router.add_api_route(
        path,
        endpoint,
        methods=[method],
        response_model=Done,
        response_model_exclude_none=True,
        status_code=201 if creates else 200,
        summary=inspect.cleandoc(command.__doc__ or command.__name__).splitlines()[0],
    )
