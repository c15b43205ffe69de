"""Who receives what a meeting decided: those obliged to act, the committee of the place, the units of the members."""

from collections.abc import Iterable

from gateway.edge import Context
from kernel.vietnam import day_of
from services.directory import views as directory
from services.directory.messages import UnitKind
from services.directory.views import Unit
from services.meeting.conclusions_views import Conclusion
from services.meeting.paper.words import BODY_PREFIXES
from services.meeting.preparation_views import Meeting
from services.signing.messages.official import ReceivedFor, Recipient

MOST = 200


def receivers(
    edge: Context, meeting: Meeting, conclusions: Iterable[Conclusion], acting: Iterable[Unit] = ()
) -> tuple[Recipient, ...]:
    """First those who act: `acting`, then lead and coordinating units; then, to know, the units of the members."""
    obliged = [
        unit.id
        for each in conclusions
        for duty in each.obligations
        for unit in (duty.lead_unit, *duty.coordinating_units)
    ]
    to_act = list(dict.fromkeys([*(each.id for each in acting), *obliged]))
    to_know = [each for each in dict.fromkeys(_units_of_members(edge, meeting)) if each not in to_act]
    found = [
        *(_recipient(edge, each, ReceivedFor.action) for each in to_act),
        *(_recipient(edge, each, ReceivedFor.information) for each in to_know),
    ]
    return tuple(each for each in found if each is not None and str(each.unit_id) != meeting.body_id)[:MOST]


def committee_beside(edge: Context, body: Unit) -> list[Unit]:
    """The People's Committee of the council's own place, which carries out its resolutions."""
    place = body.name.removeprefix(BODY_PREFIXES[0])
    valid = directory.units(edge.views, on=day_of(edge.now))
    return [
        each
        for each in valid
        if body.kind == UnitKind.people_council
        and each.kind == UnitKind.people_committee
        and each.name.removeprefix(BODY_PREFIXES[1]) == place
    ]


def _units_of_members(edge: Context, meeting: Meeting) -> Iterable[str]:
    for member in directory.members_of(edge.views, meeting.body_id, on=day_of(meeting.starts_at)):
        person = directory.person(edge.views, member.person_id)
        if person and person.unit_id:
            yield person.unit_id


def _recipient(edge: Context, unit_id: str, received_for: ReceivedFor) -> Recipient | None:
    unit = directory.unit(edge.views, unit_id)
    if unit is None or not unit.valid_on(day_of(edge.now)):
        return None
    return Recipient.model_validate({"name": unit.name[:300], "unit_id": unit.id, "received_for": received_for})
