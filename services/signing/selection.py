"""Which documents: what somebody may see of them and what was asked for, as the SQL that lists and counts share."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kernel.vietnam import VIETNAM
from services.signing.searched import searchable

Values = dict[str, str | int]
Stated = tuple[str, Values]

MOST_WORDS = 12


@dataclass(frozen=True)
class Reach:
    """Where somebody holds one of certain roles: in these units, or in the whole deployment."""

    unit_ids: frozenset[str] = frozenset()
    everywhere: bool = False


@dataclass(frozen=True)
class OfficialViewer:
    """Who looks, and where they hold what lets them see all that a body issues, a unit drafts, or was issued.

    `directing`: where they direct or prepare meetings; `unit_ids`: where they work, or hold any role.
    """

    person_id: str
    unit_id: str | None = None
    unit_ids: frozenset[str] = frozenset()
    issuing: Reach = Reach()
    drafting: Reach = Reach()
    auditing: Reach = Reach()
    keeping: Reach = Reach()
    directing: Reach = Reach()


@dataclass(frozen=True)
class IncomingViewer:
    """Who looks, and where they hold what lets them see all that a unit received, or that was routed to it."""

    person_id: str
    receiving: Reach = Reach()
    handling: Reach = Reach()


@dataclass(frozen=True)
class WantedOfficials:
    """`words`: of the summary or the number, with accents or without. Days: the one it bears, or of its last change."""

    stages: tuple[str, ...] = ()
    kind: str = ""
    issuer_id: str = ""
    year: int | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""


@dataclass(frozen=True)
class WantedIncoming:
    """`sender`: words of its name. Days: of arrival; `due_before`: what is to be dealt with before that day."""

    stage: str = ""
    sender: str = ""
    due_before: date | None = None
    due_from: date | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""


@dataclass(frozen=True)
class WantedCopies:
    """`source_id`: the official document or arrival that they are of. `words`: of its summary or number, or of the
    copy's own. Days: of making.
    """

    stage: str = ""
    form: str = ""
    source_id: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""


def sees_officials(viewer: OfficialViewer) -> Stated:
    """As `sees_official` of the policy decides on one."""
    follows, known = _follows(viewer)
    terms, values = _works_on(viewer)
    values |= known
    terms += [
        "officials.signatory_id = :viewer",
        "officials.id IN (SELECT official_id FROM signing_signers WHERE person_id = :viewer)",
    ]
    if viewer.unit_id is not None:
        terms.append("officials.id IN (SELECT official_id FROM official_recipients WHERE unit_id = :own)")
        values["own"] = viewer.unit_id
    audited: list[str] = []
    _add(audited, values, "officials.issuer_id", viewer.auditing, "audited")
    terms += [f"(officials.issued_at IS NOT NULL AND {each} AND {_not_closed(follows)})" for each in audited]
    terms.append(f"(officials.issued_at IS NOT NULL AND {follows})")
    return f"({' OR '.join(terms)})", values


def sees_arrivals(viewer: IncomingViewer) -> Stated:
    """As `sees_incoming` of the policy decides on one."""
    terms, values = ["incoming.person_id = :viewer"], Values(viewer=viewer.person_id)
    for column, reach in (("receiver_id", viewer.receiving), ("unit_id", viewer.handling)):
        _add(terms, values, f"incoming.{column}", reach)
    return f"({' OR '.join(terms)})", values


def sees_copies(viewer: OfficialViewer) -> Stated:
    """As `sees_copy` of the policy decides on one."""
    follows, values = _follows(viewer)
    kept = ["FALSE"]
    for reach, name in ((viewer.issuing, "issuing"), (viewer.auditing, "audited")):
        _add(kept, values, "copies.body_id", reach, name)
    closed = f"SELECT id FROM officials WHERE NOT {_not_closed(follows)}"
    received, units = within("unit_id", Reach(viewer.unit_ids))
    seen = f"""((({" OR ".join(kept)}) AND (copies.source_id IS NULL OR copies.source_id NOT IN ({closed})))
        OR (copies.issued_at IS NOT NULL AND copies.id IN (SELECT copy_id FROM copy_recipients WHERE {received})))"""
    return seen, {**values, **units}


def sees_orders(viewer: OfficialViewer, signers: Collection[str]) -> Stated:
    """As `sees_signing_order` decides on one, of orders joined with the documents that they are for.

    `signers`: the viewer, and those in whose place they may sign today.
    """
    terms, values = _works_on(viewer)
    people = {f"person{n}": each for n, each in enumerate(sorted(signers))}
    asked = f"SELECT order_id FROM signing_signers WHERE person_id IN ({', '.join(f':{name}' for name in people)})"
    terms += ["orders.opened_by = :viewer", f"orders.id IN ({asked})"]
    return f"({' OR '.join(terms)})", {**values, **people}


def within(column: str, reach: Reach) -> Stated:
    terms, values = ["FALSE"], Values()
    _add(terms, values, column, reach)
    return f"({' OR '.join(terms)})", values


def wanted_officials(wanted: WantedOfficials) -> Stated:
    stated, values = _words("officials.words", wanted.words)
    for column in ("kind", "issuer_id"):
        if chosen := getattr(wanted, column):
            stated.append(f"officials.{column} = :{column}")
            values[column] = chosen
    since, until = _in_year(wanted.year, wanted.since, wanted.until)
    changed, bounds = _days("officials.changed_at", since, until)
    if changed:
        borne = [f"officials.entered_on {sign} :{name}_day" for sign, name in ((">=", "since"), ("<=", "until"))]
        borne = [each for each, bound in zip(borne, (since, until), strict=True) if bound]
        values |= {f"{name}_day": str(bound) for name, bound in (("since", since), ("until", until)) if bound}
        stated.append(
            f"CASE WHEN officials.entered_on IS NULL THEN {' AND '.join(changed)} ELSE {' AND '.join(borne)} END"
        )
    return _stages("officials.stage", wanted.stages, stated, {**values, **bounds})


def wanted_arrivals(wanted: WantedIncoming, sender_ids: tuple[str, ...] = ()) -> Stated:
    """`sender_ids`: units of this deployment whose names have the words of `sender`."""
    stated, values = _words("incoming.words", wanted.words)
    if wanted.sender.strip():
        named, sought = _words("incoming.sender_words", wanted.sender, "sender")
        marks = {f"sender_id{n}": each for n, each in enumerate(sender_ids)}
        ours = f"incoming.sender_id IN ({', '.join(f':{name}' for name in marks)})"
        stated.append(f"(({' AND '.join(named)}) OR {ours})")
        values |= {**sought, **marks}
    for sign, name in (("<", "due_before"), (">=", "due_from")):
        if bound := getattr(wanted, name):
            stated.append(f"incoming.due_on {sign} :{name} AND incoming.stage <> 'returned'")
            values[name] = str(bound)
    arrived, bounds = _days("incoming.received_at", wanted.since, wanted.until)
    stages = (wanted.stage,) if wanted.stage else ()
    return _stages("incoming.stage", stages, [*stated, *arrived], {**values, **bounds})


def wanted_copies(wanted: WantedCopies) -> Stated:
    stated, values = _words("copies.words", wanted.words)
    for column in ("form", "source_id", "stage"):
        if chosen := getattr(wanted, column):
            stated.append(f"copies.{column} = :{column}")
            values[column] = chosen
    made, bounds = _days("copies.made_at", wanted.since, wanted.until)
    return " AND ".join([*stated, *made]), {**values, **bounds}


def _works_on(viewer: OfficialViewer) -> tuple[list[str], Values]:
    follows, values = _follows(viewer)
    terms, leads = ["officials.drafted_by = :viewer"], list[str]()
    _add(terms, values, "officials.issuer_id", viewer.keeping, "keeping")
    for column, reach in (("issuer_id", viewer.issuing), ("drafter_id", viewer.drafting)):
        _add(leads, values, f"officials.{column}", reach)
    if leads:
        terms.append(f"(({' OR '.join(leads)}) AND {_not_closed(follows)})")
    return terms, values


def _follows(viewer: OfficialViewer) -> Stated:
    """It follows from a meeting that the viewer may see, as `see_meeting` decides on one."""
    values = Values(viewer=viewer.person_id)
    directs = [":viewer IN (presiding_officer_id, minute_taker_id, leader_id)"]
    invited = ["id IN (SELECT meeting_id FROM invitations WHERE person_id = :viewer)"]
    audits = ["FALSE"]
    _add(directs, values, "meetings.body_id", viewer.directing, "directing")
    _add(invited, values, "meetings.body_id", viewer.keeping, "inviting")
    _add(audits, values, "meetings.body_id", viewer.auditing, "auditing")
    seen = f"""SELECT id FROM meetings WHERE
        ((published_at IS NULL OR NOT closed_sitting) AND ({" OR ".join(directs)}))
        OR (published_at IS NOT NULL AND ({" OR ".join(invited)}))
        OR (published_at IS NOT NULL AND NOT closed_sitting AND ({" OR ".join(audits)}))"""
    return f"officials.meeting_id IN ({seen})", values


def _not_closed(follows: str) -> str:
    """It follows from no closed sitting, or from one that the viewer may see."""
    closed = "SELECT id FROM meetings WHERE closed_sitting"
    return f"(officials.meeting_id IS NULL OR officials.meeting_id NOT IN ({closed}) OR {follows})"


def _add(terms: list[str], values: Values, column: str, reach: Reach, name: str = "") -> None:
    """A unit that is not known is nobody's, not even theirs who hold the role everywhere."""
    if reach.everywhere:
        terms.append(f"{column} IS NOT NULL")
        return
    name = name or column.partition(".")[2]
    marks = {f"{name}{n}": unit_id for n, unit_id in enumerate(sorted(reach.unit_ids))}
    if marks:
        terms.append(f"{column} IN ({', '.join(f':{each}' for each in marks)})")
        values |= marks


def _words(column: str, text: str, name: str = "word") -> tuple[list[str], Values]:
    """Each word begins one of those that are searched."""
    sought = searchable(text).split()[:MOST_WORDS]
    values: Values = {f"{name}{n}": f" {word}" for n, word in enumerate(sought)}
    return ["TRUE", *(f"instr({column}, :{each}) > 0" for each in values)], values


def _in_year(year: int | None, since: date | None, until: date | None) -> tuple[date | None, date | None]:
    if year is None:
        return since, until
    first, last = date(year, 1, 1), date(year, 12, 31)
    return max(since or first, first), min(until or last, last)


def _days(column: str, since: date | None, until: date | None) -> tuple[list[str], Values]:
    """From the first moment of `since` to the last of `until`, as days are counted in Vietnam."""
    stated, values = [], Values()
    if since:
        stated.append(f"{column} >= :since")
        values["since"] = _midnight(since)
    if until:
        stated.append(f"{column} < :until")
        values["until"] = _midnight(until + timedelta(days=1)) if until < date.max else "~"
    return stated, values


def _midnight(day: date) -> str:
    local = datetime.combine(day, time(), VIETNAM)
    return local.astimezone(UTC).isoformat() if day > date.min else ""


def _stages(column: str, stages: tuple[str, ...], stated: list[str], values: Values) -> Stated:
    if stages:
        marks = {f"stage{n}": each for n, each in enumerate(stages)}
        stated.append(f"{column} IN ({', '.join(f':{name}' for name in marks)})")
        values = {**values, **marks}
    return " AND ".join(stated), values
