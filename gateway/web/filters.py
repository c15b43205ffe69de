"""What a list was asked for in its address, which is typed and shared: what says nothing is left out, not refused."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

LAST_PLACE = 2**62


@dataclass(frozen=True)
class Asked:
    """`given` by the form above the list, `show` by the tabs, `place` by the links to further pages."""

    path: str
    given: dict[str, str]
    show: str
    place: str

    @property
    def narrowed(self) -> bool:
        return any(self.given.values())

    def url(self, show: str | None = None, place: object = "", *, whole: bool = False) -> str:
        """The same list at another place, with another tab, or `whole`: with no condition."""
        kept = {} if whole else self.given
        named = {**kept, "show": self.show if show is None else show, "before": str(place)}
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{self.path}?{query}" if query else self.path


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def year(text: str) -> int | None:
    return int(text) if text.isdecimal() and 1945 <= int(text) <= 2200 else None


def place(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < int(text) < LAST_PLACE else None
