"""Names of people and units as the directory's events have them."""

from collections.abc import Iterable
from uuid import UUID

from kernel.messages import Event
from services.directory.messages import PersonCorrected, PersonRegistered, UnitEstablished, UnitRenamed
from services.meeting.record_facts import Body, Person


class Names:
    """Unknown ids are printed as themselves: a gap in the directory must be seen, not hidden."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._people: dict[UUID, PersonRegistered | PersonCorrected] = {}
        self._units: dict[UUID, tuple[str, str]] = {}
        self._founded: dict[UUID, UnitEstablished] = {}
        for event in events:
            match event:
                case PersonRegistered() | PersonCorrected():
                    self._people[event.person_id] = event
                case UnitEstablished():
                    self._founded[event.unit_id] = event
                    self._units[event.unit_id] = event.name, event.short_name
                case UnitRenamed():
                    self._units[event.unit_id] = event.name, event.short_name

    def person(self, person_id: UUID) -> Person:
        known = self._people.get(person_id)
        if known is None:
            return Person(person_id, str(person_id))
        unit = self.unit(known.unit_id) if known.unit_id else ""
        return Person(person_id, known.full_name, known.position, unit)

    def unit(self, unit_id: UUID) -> str:
        return self._units.get(unit_id, (str(unit_id), ""))[0]

    def body(self, unit_id: UUID) -> Body:
        founded = self._founded.get(unit_id)
        if founded is None:
            return Body(unit_id, str(unit_id), "", "other")
        name, short_name = self._units[unit_id]
        parent = self.unit(founded.parent_id) if founded.parent_id else ""
        return Body(unit_id, name, short_name, founded.kind.value, parent)
