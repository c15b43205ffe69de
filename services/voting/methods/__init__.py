"""The methods of voting, one file each: what is a proper question and a valid ballot, what follows of the count."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.voting.messages import PollOpened
from services.voting.methods import election, rating, several_drafts, single_choice
from services.voting.methods.result import Result
from services.voting.rules import Count


class VotingMethod(Protocol):
    def check_question(self, opened: PollOpened, /) -> None:
        """Raises `Refused` where the choices or lines of the question do not suit the method."""

    def marks_of(self, opened: PollOpened, /) -> tuple[str, ...]:
        """Every mark that a ballot may bear, as the results are listed."""

    def check_marks(self, opened: PollOpened, marks: Sequence[str], /) -> None:
        """Raises `Refused` where a ballot with these marks is not valid; that they are offered is known already."""

    def is_possible(self, opened: PollOpened, count: Count, /) -> bool:
        """Whether so many valid ballots can bear these marks."""

    def outcome(self, opened: PollOpened, count: Count, /) -> Result: ...


METHODS: Mapping[str, VotingMethod] = {
    "single_choice": single_choice,
    "election": election,
    "rating": rating,
    "several_drafts": several_drafts,
}


def method_of(opened: PollOpened) -> VotingMethod:
    return METHODS[opened.method.kind]
