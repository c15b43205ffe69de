"""Writes the frozen sample of event types that have none yet: `python -m tests.contract.freeze_samples`.

A sample that exists is never rewritten: it stands for what old logs hold.
"""

import random
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from dienhong.embedded import CODEC

HERE = Path(__file__).parent


def main() -> None:
    for kind in sorted(CODEC.types):
        path = HERE / "samples" / f"{kind}.json"
        if not path.exists():
            path.write_text(_sample(kind) + "\n")
    (HERE / "event_types.txt").write_text("\n".join(sorted(CODEC.types)) + "\n")


def _sample(kind: str) -> str:
    found: list[str] = []

    @seed(7)
    @settings(max_examples=30, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.builds(CODEC.known(kind)))
    def collect(event: object) -> None:
        found.append(event.model_dump_json())  # type: ignore[attr-defined]

    collect()
    return random.Random(kind).choice(sorted(found, key=len)[len(found) // 2 :])


if __name__ == "__main__":
    main()
