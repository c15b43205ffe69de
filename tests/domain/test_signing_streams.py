"""Where the facts of the signing service stand in the log: a stream that is called otherwise is another stream."""

from services.signing import arrival, copying, delegation, numbering, official, order
from tests.official_examples import COUNCIL, REGISTER
from tests.stamps import ids

ONE = ids("one")


def test_streams_are_called_the_same_for_ever():
    named = [each.stream(ONE) for each in (official, order, delegation, arrival, copying)]
    assert named == [f"{each}-{ONE}" for each in ("official", "signing", "delegation", "incoming", "copy")]


def test_each_body_year_and_series_has_its_own_register():
    assert numbering.stream(REGISTER) == f"register-{COUNCIL}-2026-resolution"
