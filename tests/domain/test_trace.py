"""What counts as a trace context: W3C Trace Context, level 1, section 3.2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import trace
from kernel.trace import parsed

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "header", [f"00-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01-what-next"]
)
def test_a_well_formed_context_is_continued_also_in_a_later_version(header: str) -> None:
    assert parsed(header) == (TRACE, SPAN, "01")


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f" 00-{TRACE}-{SPAN}-01",
    ],
)
def test_what_the_recommendation_calls_invalid_is_not_continued(header: str) -> None:
    assert parsed(header) is None


@given(st.text())
def test_whatever_a_client_sends_what_goes_on_is_well_formed(header: str) -> None:
    with trace.continued(header):
        assert parsed(trace.current()) is not None
    assert trace.current() == ""
