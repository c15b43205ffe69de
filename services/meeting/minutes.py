"""Stream `minutes-<meeting id>`: drafted, edited, submitted, approved or returned, published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from uuid import UUID

from kernel.decider import Decider, Refused
from kernel.messages import Command, Event
from services.meeting.messages import (
    ApproveMinutes,
    DraftMinutes,
    EditMinutes,
    MinutesApproved,
    MinutesDrafted,
    MinutesEdited,
    MinutesNumbered,
    MinutesPublished,
    MinutesReturned,
    MinutesSection,
    MinutesSubmitted,
    NumberMinutes,
    PublishMinutes,
    ReturnMinutes,
    SubmitMinutes,
)

Commands: TypeAlias = (
    DraftMinutes | NumberMinutes | EditMinutes | SubmitMinutes | ReturnMinutes | ApproveMinutes | PublishMinutes
)


@dataclass(frozen=True)
class Text:
    """`revision` 0: nobody has written anything yet."""

    body: str = ""
    revision: int = 0


@dataclass(frozen=True)
class Draft:
    """What the PDF is made of. `changes` counts the drafts, numbers and edits so far."""

    as_of: int
    presiding_officer_id: UUID
    heading: tuple[str, str, str] | None = None
    texts: Mapping[MinutesSection, Text] = field(default_factory=dict)
    changes: int = 1

    def text(self, section: MinutesSection) -> Text:
        return self.texts.get(section, Text())


@dataclass(frozen=True)
class NotDrafted:
    pass


@dataclass(frozen=True)
class Drafting:
    """`superseded`: PDFs that were submitted before and no longer show the draft as it is."""

    draft: Draft
    superseded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Submitted:
    draft: Draft
    pdf_sha256: str
    superseded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Approved:
    pdf_sha256: str


@dataclass(frozen=True)
class Published:
    pdf_sha256: str
    recipient_ids: frozenset[UUID]
    recipient_unit_ids: frozenset[UUID]


Minutes: TypeAlias = NotDrafted | Drafting | Submitted | Approved | Published


def decide(command: Command, state: Minutes) -> Sequence[Event]:
    match command, state:
        case DraftMinutes(), NotDrafted():
            return [drafted(command)]
        case DraftMinutes(), (Drafting(draft=draft) | Submitted(draft=draft)):
            return draft_again(command, draft)
        case _, NotDrafted():
            raise Refused("minutes_not_drafted")
        case ((NumberMinutes() | EditMinutes()), (Drafting(draft=draft) | Submitted(draft=draft))):
            return number(command, draft) if isinstance(command, NumberMinutes) else edit(command, draft)
        case SubmitMinutes(), (Drafting() | Submitted()):
            return submit(command, state)
        case ReturnMinutes(), _:
            return give_back(command, state)
        case ApproveMinutes(), _:
            return approve(command, state)
        case PublishMinutes(), _:
            return publish(command, state)
        case _:
            raise Refused("minutes_approved")


def drafted(command: DraftMinutes) -> MinutesDrafted:
    return MinutesDrafted(
        meeting_id=command.meeting_id, as_of=command.as_of, presiding_officer_id=command.presiding_officer_id
    )


def draft_again(command: DraftMinutes, draft: Draft) -> list[Event]:
    if command.as_of < draft.as_of:
        raise Refused("older_than_draft", f"{command.as_of} < {draft.as_of}")
    return [] if command.as_of == draft.as_of else [drafted(command)]


def number(command: NumberMinutes, draft: Draft) -> list[Event]:
    """Numbers below 10 are written with a zero, as Decree 30/2020 asks."""
    number = command.number.lstrip("0").zfill(2) if command.number.strip("0") else ""
    if (number, command.symbol, command.place_name) == draft.heading:
        return []
    return [
        MinutesNumbered(
            meeting_id=command.meeting_id, number=number, symbol=command.symbol, place_name=command.place_name
        )
    ]


def edit(command: EditMinutes, draft: Draft) -> list[Event]:
    current = draft.text(command.section)
    if command.text == current.body:
        return []
    if command.revision != current.revision:
        raise Refused("stale_text", f"{command.section} is at revision {current.revision}")
    return [
        MinutesEdited(
            meeting_id=command.meeting_id,
            section=command.section,
            text=command.text,
            revision=current.revision + 1,
        )
    ]


def submit(command: SubmitMinutes, state: Drafting | Submitted) -> list[Event]:
    if command.changes != state.draft.changes:
        raise Refused("stale_document", f"made of {command.changes} changes of {state.draft.changes}")
    if isinstance(state, Submitted) and state.pdf_sha256 == command.pdf_sha256:
        return []
    return [MinutesSubmitted(meeting_id=command.meeting_id, pdf_sha256=command.pdf_sha256)]


def must_preside(command: Command, draft: Draft) -> None:
    if command.actor != str(draft.presiding_officer_id):
        raise Refused("not_the_presiding_officer", command.actor)


def give_back(command: ReturnMinutes, state: Drafting | Submitted | Approved | Published) -> list[Event]:
    match state:
        case Submitted(draft=draft):
            must_preside(command, draft)
            return [MinutesReturned(meeting_id=command.meeting_id, reason=command.reason)]
        case Drafting():
            raise Refused("minutes_not_submitted")
        case Approved() | Published():
            raise Refused("minutes_approved")


def approve(command: ApproveMinutes, state: Drafting | Submitted | Approved | Published) -> list[Event]:
    sha256 = command.pdf_sha256
    match state:
        case Approved(approved) | Published(pdf_sha256=approved):
            if approved != sha256:
                raise Refused("minutes_approved", approved)
            return []
        case Drafting(draft, superseded):
            must_preside(command, draft)
            raise Refused("stale_document" if sha256 in superseded else "minutes_not_submitted", sha256)
        case Submitted(draft=draft, pdf_sha256=submitted):
            must_preside(command, draft)
            if submitted != sha256:
                raise Refused("stale_document", f"submitted {submitted}")
            return [MinutesApproved(meeting_id=command.meeting_id, pdf_sha256=sha256)]


def publish(command: PublishMinutes, state: Drafting | Submitted | Approved | Published) -> list[Event]:
    """Each recipient is told once; publishing again reaches those who were forgotten."""
    match state:
        case Drafting() | Submitted():
            raise Refused("minutes_not_approved")
        case Approved(sha256):
            people, units = set(command.recipient_ids), set(command.recipient_unit_ids)
            if not people | units:
                raise Refused("no_recipients")
        case Published(sha256, had_people, had_units):
            people, units = set(command.recipient_ids) - had_people, set(command.recipient_unit_ids) - had_units
            if not people | units:
                return []
    return [
        MinutesPublished(
            meeting_id=command.meeting_id,
            pdf_sha256=sha256,
            recipient_ids=tuple(sorted(people)),
            recipient_unit_ids=tuple(sorted(units)),
        )
    ]


def evolve(state: Minutes, event: Event) -> Minutes:
    match event, state:
        case MinutesDrafted(), NotDrafted():
            return Drafting(Draft(event.as_of, event.presiding_officer_id))
        case ((MinutesDrafted() | MinutesNumbered() | MinutesEdited()), Drafting(draft, superseded)):
            return Drafting(changed(draft, event), superseded)
        case ((MinutesDrafted() | MinutesNumbered() | MinutesEdited()), Submitted(draft, sha256, superseded)):
            return Drafting(changed(draft, event), superseded | {sha256})
        case MinutesSubmitted(pdf_sha256=sha256), Drafting(draft, superseded):
            return Submitted(draft, sha256, superseded)
        case MinutesSubmitted(pdf_sha256=sha256), Submitted(draft, before, superseded):
            return Submitted(draft, sha256, superseded | {before})
        case MinutesReturned(), Submitted(draft, sha256, superseded):
            return Drafting(draft, superseded | {sha256})
        case MinutesApproved(pdf_sha256=sha256), _:
            return Approved(sha256)
        case MinutesPublished(), Approved():
            return Published(event.pdf_sha256, frozenset(event.recipient_ids), frozenset(event.recipient_unit_ids))
        case MinutesPublished(), Published(sha256, people, units):
            return Published(sha256, people | set(event.recipient_ids), units | set(event.recipient_unit_ids))
    return state


def changed(draft: Draft, event: Event) -> Draft:
    draft = replace(draft, changes=draft.changes + 1)
    match event:
        case MinutesDrafted():
            return replace(draft, as_of=event.as_of, presiding_officer_id=event.presiding_officer_id)
        case MinutesNumbered():
            return replace(draft, heading=(event.number, event.symbol, event.place_name))
        case MinutesEdited():
            return replace(draft, texts={**draft.texts, event.section: Text(event.text, event.revision)})
    return draft


decider: Decider[Minutes] = Decider(NotDrafted(), decide, evolve)
