"""The signing plug-in of the Government Cipher Committee (VGCA): where pages call it, and the form it sends back.

Learned from what public programs say to it; nobody has tried this against a real one: docs/signing.md.
"""

from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal
from starlette.types import Message

from gateway import uploads
from gateway.problems import PROBLEMS
from gateway.texts import translate
from kernel.decider import Refused

SOCKET = "wss://127.0.0.1:8987"
"""The one address that the signing page may call besides its own server."""

ENVELOPE_BYTES = 64 * 1024
"""For the form around the file."""

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["uploadfile"],
                    "properties": {"uploadfile": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class Answer(BaseModel):
    """`Status` says whether the file was taken; if not, the plug-in tells its user `Message`."""

    model_config = ConfigDict(alias_generator=to_pascal, populate_by_name=True)

    status: bool
    message: str = ""
    file_name: str = ""
    file_server: str = ""


def taken() -> Answer:
    return Answer(status=True, file_name="signed.pdf", file_server="signed.pdf")


def refused(request: Request, refusal: Refused) -> Answer:
    """It reads no status code: a refusal, too, is an answer of 200 with its sentence."""
    _status, sentence = PROBLEMS.get(refusal.code, PROBLEMS["conflict"])
    return Answer(status=False, message=translate(sentence, getattr(request.state, "locale", "vi")))


async def signed_file(request: Request, most: int) -> bytes:
    """The one file of the form, whatever its field is called. Refuses `file_too_large` above `most` bytes."""
    body = await uploads.in_memory(request, most + ENVELOPE_BYTES)

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(request.scope, replay).form(max_files=1, max_fields=20) as form:
        files = [value for value in form.values() if not isinstance(value, str)]
        if not files:
            raise Refused("bad_request", "no file in the form")
        return await files[0].read()
