"""A form whose script did not arrive does nothing: by itself a browser would put passwords into an address."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "gateway/web/templates"
FORMS = [
    (page.relative_to(TEMPLATES).as_posix(), form)
    for page in sorted(TEMPLATES.rglob("*.html"))
    for form in re.findall(r"<form\b.*", page.read_text())
]


@pytest.mark.parametrize(("page", "form"), FORMS)
def test_a_form_that_a_script_sends_is_sent_by_nothing_else(page: str, form: str) -> None:
    assert ('method="dialog"' in form) == ("data-api=" in form), page
    assert ('method="get"' in form) != ("data-api=" in form), page
