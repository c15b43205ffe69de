"""Who may draft, and for whom, and what copies are called: tables that nothing else spells out."""

import pytest

from gateway.policy.officials import drafts_official
from gateway.policy.subject import Subject
from gateway.resources import Resource
from services.signing.copying import MARKS, TITLES
from services.signing.messages.copies import CopyForm

COUNCIL, OFFICE = "c" * 36, "d" * 36


@pytest.mark.parametrize(
    ("role", "unit_id", "may"),
    [
        ("officer", COUNCIL, True),
        ("officer", OFFICE, True),
        ("leader", OFFICE, True),
        ("officer", "e" * 36, False),
        ("delegate", COUNCIL, False),
    ],
)
def test_whoever_works_for_the_body_that_issues_or_the_unit_that_drafts_may_draft(role: str, unit_id: str, may: bool):
    resource = Resource(body_id=COUNCIL).with_facts(drafter_id=OFFICE)
    assert drafts_official(Subject("x", "", frozenset({(role, unit_id)})), resource) is may


def test_copies_bear_the_words_of_the_decree():
    assert [MARKS[each] for each in CopyForm] == ["SAO Y", "SAO LỤC", "TRÍCH SAO"]
    assert [TITLES[each] for each in CopyForm] == ["Bản sao y", "Bản sao lục", "Bản trích sao"]
