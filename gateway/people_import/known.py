"""The directory as it stands, arranged for finding whom and what a row means."""

from collections import defaultdict
from sqlite3 import Connection
from uuid import NAMESPACE_DNS, UUID, uuid5

from kernel.ids import derived
from kernel.search import fold
from services.directory import views as directory
from services.directory.messages import RoleName


class Known:
    def __init__(self, connection: Connection, deployment: str) -> None:
        self._connection = connection
        self._namespace = uuid5(NAMESPACE_DNS, deployment)
        self._units: dict[str, dict[str, directory.Unit]] = defaultdict(dict)
        for each in directory.units(connection):
            for name in (each.name, each.short_name, each.agency_code):
                if name:
                    self._units[fold(name)][each.id] = each
        people = directory.people(connection)
        self.by_id = {each.id: each for each in people}
        self.by_login = {each.login: each for each in people if each.login}
        self._by_name: dict[str, list[directory.Person]] = defaultdict(list)
        for person in people:
            self._by_name[fold(person.full_name)].append(person)

    def units(self, name: str) -> list[directory.Unit]:
        """Those of that name; one that still stands goes before those that do not."""
        found = list(self._units.get(fold(name), {}).values())
        standing = [each for each in found if each.valid_to is None]
        return standing or found

    def person_id(self, cells: dict[str, str], unit_id: UUID | None) -> UUID:
        """The same row gives the same id, so that importing a list twice registers nobody twice."""
        return derived(self._namespace, f"person:{identity_of(cells, unit_id)}")

    def matching(self, cells: dict[str, str], unit_id: UUID | None) -> list[directory.Person]:
        """People of this name whom nothing in the row tells apart from the one meant."""
        if person := self.by_login.get(cells["login"]):
            return [person]
        if person := self.by_id.get(str(self.person_id(cells, unit_id))):
            return [person]
        return [each for each in self._by_name[fold(cells["full_name"])] if _may_be(each, cells, unit_id)]

    def mandates(self, person_id: str) -> list[directory.Mandate]:
        return directory.mandates_of(self._connection, person_id)

    def roles(self, person_id: str) -> set[tuple[RoleName, str | None]]:
        return {(each.role, each.unit_id) for each in directory.roles_of(self._connection, person_id)}


def identity_of(cells: dict[str, str], unit_id: UUID | None) -> str:
    if cells["login"]:
        return f"login:{cells['login']}"
    if cells["email"]:
        return f"email:{cells['email'].casefold()}"
    return f"name:{cells['full_name'].casefold()}|{unit_id or ''}|{cells['phone']}"


def _may_be(person: directory.Person, cells: dict[str, str], unit_id: UUID | None) -> bool:
    if person.full_name.casefold() != cells["full_name"].casefold():
        return False
    told_apart = (
        (person.login or "", cells["login"]),
        (person.email.casefold(), cells["email"].casefold()),
        (person.unit_id or "", str(unit_id or "")),
    )
    return all(not said or not known or said == known for known, said in told_apart)
