"""Who votes for whom, and with how many votes: what was recorded last for a meeting holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.voting.messages import RecordVotingRights, Representation, VotingRightsRecorded


@dataclass(frozen=True)
class Nothing:
    """Everybody votes in person and weighs 1."""


@dataclass(frozen=True)
class Rights:
    recorded: VotingRightsRecorded


State = Nothing | Rights


def stream_of(meeting_id: UUID) -> str:
    return f"votingRights-{meeting_id}"


def check_weights(roll: Collection[UUID], weights: Mapping[UUID, int]) -> None:
    """A weight is one vote at least, of somebody on the roll."""
    if not weights.keys() <= set(roll) or min(weights.values(), default=1) < 1:
        raise Refused("impossible_weight")


def check_represented(roll: Collection[UUID], represented: Sequence[Representation]) -> None:
    """A proxy is another voter, a substitute is none; nobody has two of them."""
    voters = set(roll)
    if len({each.voter_id for each in represented}) < len(represented):
        raise Refused("represented_twice")
    for each in represented:
        if each.voter_id not in voters:
            raise Refused("represented_off_roll", str(each.voter_id))
        if each.kind == "proxy" and (each.holder_id not in voters or each.holder_id == each.voter_id):
            raise Refused("proxy_not_a_voter", str(each.holder_id))
        if each.kind == "substitute" and each.holder_id in voters:
            raise Refused("substitute_is_a_voter", str(each.holder_id))


def decide(command: Command, state: State) -> list[Event]:
    if not isinstance(command, RecordVotingRights):
        raise TypeError(f"not a command of voting rights: {type(command).__name__}")
    check_weights(command.roll, command.weights)
    check_represented(command.roll, command.represented)
    recorded = VotingRightsRecorded(
        meeting_id=command.meeting_id,
        weights={voter: weight for voter, weight in command.weights.items() if weight != 1},
        represented=command.represented,
    )
    nothing = VotingRightsRecorded(meeting_id=command.meeting_id, weights={}, represented=())
    already = state.recorded if isinstance(state, Rights) else nothing
    return [] if recorded == already else [recorded]


def evolve(_state: State, event: Event) -> State:
    if not isinstance(event, VotingRightsRecorded):
        raise TypeError(f"{type(event).__name__} is no event of voting rights")
    return Rights(event)


decider: Decider[State] = Decider(initial=Nothing(), decide=decide, evolve=evolve)
