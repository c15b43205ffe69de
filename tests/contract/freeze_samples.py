"""Writes the frozen sample of event types that have none yet: `python -m tests.contract.freeze_samples [LOG]`.

A sample comes from a log where it has one, and is made up otherwise. One that exists is never rewritten: it stands
for what old logs hold.
"""

import sys
import types
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from dienhong.embedded import CODEC
from kernel.adapters.store_sqlite import SqliteStore

HERE = Path(__file__).parent
SIMPLE: dict[Any, Any] = {
    str: "mau",
    int: 2,
    bool: True,
    UUID: UUID("01a20000-0000-7000-8000-000000000001"),
    date: date(2026, 11, 22),
    datetime: datetime(2026, 11, 22, 1, 30, tzinfo=UTC),
    AwareDatetime: datetime(2026, 11, 22, 1, 30, tzinfo=UTC),
}


def main() -> None:
    seen = recorded(Path(sys.argv[1])) if len(sys.argv) > 1 else {}
    for name in sorted(CODEC.types):
        path = HERE / "samples" / f"{name}.json"
        if not path.exists():
            path.write_bytes(seen.get(name) or example(CODEC.known(name)).model_dump_json().encode())
    (HERE / "event_types.txt").write_text("\n".join(sorted(CODEC.types)) + "\n")


def recorded(log: Path) -> dict[str, bytes]:
    store = SqliteStore(log, read_only=True)
    found = {each.type: each.data for each in store.read_all(0, 1_000_000)}
    store.close()
    return found


def example(annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    if origin is Literal:
        return arguments[0]
    if origin in (Union, types.UnionType):
        return example(arguments[0])
    if origin is tuple:
        return tuple(example(each) for each in arguments if each is not Ellipsis)
    if origin is dict:
        return {example(arguments[0]): example(arguments[1])}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    assert issubclass(annotation, BaseModel), annotation
    return annotation(**{name: example(field.annotation) for name, field in annotation.model_fields.items()})


if __name__ == "__main__":
    main()
