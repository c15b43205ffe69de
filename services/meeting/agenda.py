"""The agenda as a tree: at most three levels, numbered 1, 1.1, 1.1.1 by place. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from kernel.decider import Refused

MAX_LEVELS = 3


@dataclass(frozen=True)
class Item:
    id: UUID
    title: str
    minutes: int
    presenter_id: UUID | None = None
    presenter_text: str = ""
    children: tuple["Item", ...] = ()


Agenda = tuple[Item, ...]


def walk(agenda: Agenda) -> Iterator[Item]:
    for item in agenda:
        yield item
        yield from walk(item.children)


def find(agenda: Agenda, item_id: UUID) -> Item:
    """The item, or `Refused("no_such_item")`."""
    for item in walk(agenda):
        if item.id == item_id:
            return item
    raise Refused("no_such_item", str(item_id))


def insert(agenda: Agenda, item: Item, *, parent_id: UUID | None, before_id: UUID | None) -> Agenda:
    """With the item under the parent, before that sibling or last; refused where it would make a fourth level."""
    if parent_id is not None:
        find(agenda, parent_id)
    if level_of(agenda, parent_id) + depth((item,)) > MAX_LEVELS:
        raise Refused("agenda_too_deep", f"at most {MAX_LEVELS} levels")
    return _among(agenda, parent_id, lambda siblings: _place(siblings, item, before_id))


def without(agenda: Agenda, item_id: UUID) -> Agenda:
    """Without the item and what is below it."""
    return tuple(replace(item, children=without(item.children, item_id)) for item in agenda if item.id != item_id)


def revised(agenda: Agenda, new: Item) -> Agenda:
    """With the item's own words replaced; its sub-items stay."""
    return tuple(
        replace(new, children=item.children)
        if item.id == new.id
        else replace(item, children=revised(item.children, new))
        for item in agenda
    )


def moved(agenda: Agenda, item_id: UUID, *, parent_id: UUID | None, before_id: UUID | None) -> Agenda:
    item = find(agenda, item_id)
    below = {each.id for each in walk((item,))}
    if parent_id in below or before_id in below:
        raise Refused("agenda_cycle", "an item cannot be placed below or before itself")
    return insert(without(agenda, item_id), item, parent_id=parent_id, before_id=before_id)


def level_of(agenda: Agenda, item_id: UUID | None) -> int:
    """1 for a main item; 0 for the agenda itself."""
    if item_id is None:
        return 0
    for item in agenda:
        if item.id == item_id:
            return 1
        if any(each.id == item_id for each in walk(item.children)):
            return 1 + level_of(item.children, item_id)
    raise Refused("no_such_item", str(item_id))


def depth(agenda: Agenda) -> int:
    return max((1 + depth(item.children) for item in agenda), default=0)


def _among(agenda: Agenda, parent_id: UUID | None, change: Callable[[Agenda], Agenda]) -> Agenda:
    if parent_id is None:
        return change(agenda)
    return tuple(
        replace(
            item, children=change(item.children) if item.id == parent_id else _among(item.children, parent_id, change)
        )
        for item in agenda
    )


def _place(siblings: Agenda, item: Item, before_id: UUID | None) -> Agenda:
    if before_id is None:
        return (*siblings, item)
    places = [each.id for each in siblings]
    if before_id not in places:
        raise Refused("not_a_sibling", str(before_id))
    place = places.index(before_id)
    return (*siblings[:place], item, *siblings[place:])
