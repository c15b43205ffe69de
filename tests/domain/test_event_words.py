"""Every event is told in a sentence, in both languages."""

import json
import re
from pathlib import Path

import pytest

from dienhong.embedded import CODEC
from gateway.audits.names import NAMING
from gateway.audits.sentences import SENTENCES
from gateway.audits.words import plain, sentence
from gateway.texts import translate

SAMPLES = Path(__file__).parents[1] / "contract" / "samples"


@pytest.mark.parametrize("kind", sorted(CODEC.types & {each.stem for each in SAMPLES.glob("*.json")}))
def test_every_type_of_event_is_told_in_a_whole_sentence(kind: str) -> None:
    data = json.loads((SAMPLES / f"{kind}.json").read_text())
    told = sentence(kind, data, lambda _id: "tên")
    assert kind in SENTENCES and "{" not in told and len(told) > 8
    english = sentence(kind, data, lambda _id: "name", lambda text: translate(text, "en"))
    assert english != told and "{" not in english


def test_what_sentences_and_names_are_made_of_are_fields_of_the_events() -> None:
    fields = {kind: set(CODEC.known(kind).model_fields) for kind in CODEC.types & SENTENCES.keys()}
    used = {kind: set(re.findall(r"{(\w+)}", words)) for kind, words in SENTENCES.items() if kind in fields}
    assert {kind: named - fields[kind] for kind, named in used.items() if named - fields[kind]} == {}
    assert {kind: set(named) - fields[kind] for kind, named in NAMING.items() if set(named) - fields[kind]} == {}


def test_values_are_told_as_people_say_them() -> None:
    def name_of(_id: str) -> str:
        return "Nguyễn Văn Mẫu"

    assert plain("2026-11-22T02:12:00Z", name_of) == "22/11/2026 09:12", "at the seat of the body"
    assert plain("2026-11-22", name_of) == "22/11/2026"
    assert plain("01a20000-0000-7000-8000-000000000001", name_of) == "Nguyễn Văn Mẫu"
    assert [plain(each, name_of) for each in (None, "", "2026-99-99", 7)] == ["—", "—", "2026-99-99", "7"]
    told = sentence("MinutesApproved", {"pdf_sha256": "ab" * 32}, name_of)
    assert told == "Duyệt biên bản, mã SHA-256 của bản PDF abababababab…"
    assert sentence("OfAnotherVersion", {}, name_of) == "OfAnotherVersion"
