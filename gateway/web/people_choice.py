"""People in forms: who is likely to be meant first, everybody else last; of many, those are found by typing a name.

Who may sign, initial or decide is for the organisation to say (Decree 30/2020, article 13): the order forbids nobody.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from gateway.api.official import today
from gateway.edge import Context
from gateway.texts import _, translate
from gateway.web.official_form import HEADS, printed_position
from kernel.search import fold
from services.directory import views as directory
from services.directory.views import Person, Unit

LEADS = re.compile(r"(quyền |q\. ?)?(phó )?(tổng )?(chủ tịch|trưởng|chánh|giám đốc|chủ nhiệm|thủ trưởng)\b", re.I)
NO_LEADER = len(HEADS) + 2
MANY = 30
"""More than these are found by typing a name rather than by leafing, and are not sent with the page."""
WORD = re.compile(r"[^\W_]+")


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
    """`source`: where the others are looked for when they are too many to be sent with the page."""

    groups: tuple[Group, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Found:
    """The first of all `count` who were found."""

    people: tuple[Choice, ...]
    count: int


def choices(
    edge: Context,
    led: Iterable[object],
    near: Iterable[object],
    *,
    chosen: object = None,
    without: str = "",
    accounts: bool = True,
) -> Choices:
    """First those who lead the units `led`, next the people of the units `near`, their leaders before the others.

    Of many, no more than these are offered, and who is `chosen`. `accounts`: nobody without an account.
    """
    left = {each.id: each for each in everybody(edge, without=without, accounts=accounts)}
    many = len(left) > MANY
    groups = _likely(edge, led, near, left)
    others = [each for each in left.values() if not many or each.id == str(chosen)]
    groups.append(_group(translate(_("Người khác"), edge.locale), others, left))
    source = urlencode({"accounts": accounts, "without": without})
    return Choices(tuple(each for each in groups if each.people), f"/people/_found?{source}" if many else "")


def everybody(edge: Context, *, without: str = "", accounts: bool = False) -> list[Person]:
    return [each for each in directory.people(edge.views) if each.id != without and (each.account_open or not accounts)]


def found(people: Iterable[Person], query: str) -> Found:
    """Each word begins a word of the name, position or unit, without marks; those of that name come first."""
    words = WORD.findall(fold(query))
    named, others = [], []
    for each in people if words else ():
        name = WORD.findall(fold(each.full_name))
        if _begin(name, words):
            named.append(each)
        elif _begin([*name, *WORD.findall(fold(f"{each.position} {each.unit_name}"))], words):
            others.append(each)
    shown = (named + others)[:MANY]
    return Found(tuple(_choice(each, each.unit_name) for each in shown), len(named) + len(others))


def _begin(known: list[str], words: list[str]) -> bool:
    return all(any(each.startswith(word) for each in known) for word in words)


def _likely(edge: Context, led: Iterable[object], near: Iterable[object], left: dict[str, Person]) -> list[Group]:
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
        groups.append(_group(unit.name, staff[:MANY], left))
    return groups


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
    return Group(label, tuple(_choice(each) for each in people))


def _choice(person: Person, *more: str) -> Choice:
    return Choice(
        person.id,
        ", ".join(filter(None, (person.full_name, person.position, *more))),
        printed_position(person),
    )
