"""People in the forms of official documents: who is likely to be meant first, everybody else with an account last.

Who may sign, initial or decide is for the organisation to say (Decree 30/2020, article 13): the order forbids nobody.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.api.official import today
from gateway.edge import Context
from gateway.texts import _, translate
from gateway.web.official_form import HEADS, printed_position
from services.directory import views as directory
from services.directory.views import Person, Unit

LEADS = re.compile(r"(quyền |q\. ?)?(phó )?(tổng )?(chủ tịch|trưởng|chánh|giám đốc|chủ nhiệm|thủ trưởng)\b", re.I)
NO_LEADER = len(HEADS) + 2
MANY = 30
"""More than these are found by typing a name rather than by leafing."""


@dataclass(frozen=True)
class Choice:
    """`printed`: the position as it would stand on the paper."""

    id: str
    label: str
    printed: str


@dataclass(frozen=True)
class Group:
    label: str
    people: tuple[Choice, ...]


@dataclass(frozen=True)
class Choices:
    groups: tuple[Group, ...] = ()

    @property
    def many(self) -> bool:
        return sum(len(each.people) for each in self.groups) > MANY


def choices(edge: Context, led: Iterable[object], near: Iterable[object], without: str = "") -> Choices:
    """First those who lead the units `led`, next the people of the units `near`, their leaders before the others."""
    left = {each.id: each for each in directory.people(edge.views) if each.account_open and each.id != without}
    groups = []
    for unit in _units(edge, led):
        ranks = _ranks(edge, unit, left.values())
        leaders = sorted((each for each in left.values() if each.id in ranks), key=lambda each: ranks[each.id])
        groups.append(_group(translate(_("Lãnh đạo %(unit)s"), edge.locale) % {"unit": unit.name}, leaders, left))
    for unit in _units(edge, near):
        ranks = _ranks(edge, unit, left.values())
        staff = sorted(
            (each for each in left.values() if each.unit_id == unit.id),
            key=lambda each: ranks.get(each.id, NO_LEADER),
        )
        groups.append(_group(unit.name, staff, left))
    groups.append(_group(translate(_("Người khác"), edge.locale), list(left.values()), left))
    return Choices(tuple(each for each in groups if each.people))


def _units(edge: Context, unit_ids: Iterable[object]) -> list[Unit]:
    known = (directory.unit(edge.views, each) for each in dict.fromkeys(str(each) for each in unit_ids if each))
    return [each for each in known if each is not None]


def _ranks(edge: Context, unit: Unit, people: Iterable[Person]) -> dict[str, int]:
    """Those who lead the unit, chairs and heads before deputies: by role, by mandate or by position."""
    titles = [(each.person_id, each.title) for each in directory.members_of(edge.views, unit.id, today(edge))]
    titles += [(each.id, each.position) for each in people if each.unit_id == unit.id]
    ranks = {person_id: len(HEADS) + bool(lead[2]) for person_id, title in titles if (lead := LEADS.match(title))}
    held = directory.role_holders(edge.views, unit.id)
    for rank, role in reversed(list(enumerate(HEADS))):
        ranks |= {each.person_id: rank for each in held if each.role is role}
    return ranks


def _group(label: str, people: list[Person], left: dict[str, Person]) -> Group:
    """Nobody stands in two groups."""
    for each in people:
        del left[each.id]
    return Group(
        label,
        tuple(
            Choice(each.id, ", ".join(filter(None, (each.full_name, each.position))), printed_position(each))
            for each in people
        ),
    )
