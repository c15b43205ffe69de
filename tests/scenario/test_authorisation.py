"""Who sees and does what: every route, every kind of person, every state of a meeting.

A new route must be written into `ROUTES`. People who may not know of a thing get 404; nobody refused changes anything.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import official_routes
from tests.files import pdf
from tests.held_meetings import ABSENCE, EMAIL, NOTED, PERSONAL, PHONE, RETURNED, Held, Meetings, answer_of
from tests.opinion_forms import OpinionForm
from tests.scenario.test_ways_of_voting import OWN_CARD
from tests.stamps import ids
from tests.world import COUNCIL, CULTURE, WORKS, World

pytestmark = pytest.mark.slow

PEOPLE = (
    *("outsider", "guest", "ana", "ben", "other_delegate", "officer", "head", "works"),
    *("other_clerk", "clerk", "chair", "leader", "auditor", "admin"),
)
ALL = frozenset(PEOPLE)
STATES = ("draft", "published", "closed", "running", "finished")
INVITED = {"ana", "ben", "chair", "leader", "clerk"}
KNOW = {
    "draft": {"clerk", "admin", "chair", "leader"},
    "closed": INVITED,
    **dict.fromkeys(("published", "running", "finished"), INVITED | {"guest", "admin", "auditor"}),
}
# A task of an open sitting is known to all who know of the sitting, too.
TASK = {"chair", "clerk", "other_clerk", "auditor", "head", "officer"}
MINUTES = {"clerk", "chair"}
# An opinion form that was sent to the members of the council.
FORM = {"clerk", "admin", "chair", "leader", "ana", "ben", "auditor"}

# Who may, of those who may know of the thing; the second set, where given, replaces those who know of the meeting.
SEE, PREPARE, PUBLISH, APPROVE = ALL, {"clerk", "admin"}, {"clerk", "admin", "chair"}, {"leader"}
ROLL, PRESIDE, NOTES, CONCLUDE = {"clerk", "chair"}, {"chair"}, {"clerk", "chair", "auditor"}, {"clerk", "chair"}
ADMIN, INSPECT, PLAN = {"admin"}, {"admin", "auditor"}, {"clerk", "other_clerk", "admin"}
ASSIGN = {"chair", "leader", "head", "works"}
M, API = "/meetings/{meeting_id}", "/api/v1"
AM, AT, AP, AU, AK = (
    API + M,
    API + "/tasks/{task_id}",
    API + "/polls/{poll_id}",
    API + "/units/{unit_id}",
    API + "/people",
)
AI, AD, AX, AS = AM + "/agenda/{item_id}", API + "/documents/{document_id}", AM + "/minutes", AM + "/session"
AF = API + "/opinion-forms/{form_id}"
PLAIN = {"title": "Tên mới", "place": "Phòng họp", "starts_at": "2030-01-01T08:00:00+07:00"}
PLANNED = PLAIN | {"ends_at": "2030-01-01T09:00:00+07:00"}
PLANNED |= {"presiding_officer_id": str(ids("chair")), "minute_taker_id": str(ids("clerk"))}
ANA, DAY = str(ids("ana")), "2026-12-01"
RULES = {
    "seats": 7,
    "seats_source": "Nghị quyết",
    "notice_days_regular": 5,
    "notice_days_urgent": 1,
    "notice_in_working_days": False,
}
UNIT = {"name": "Ban Pháp chế", "short_name": "BPC", "kind": "council_committee", "tier": "commune_level"}

ASKED = {
    "chair_id": str(ids("chair")),
    "title": "Dự thảo khác",
    "question": "Tán thành?",
    "card_id": "council_more_than_half",
    "due_at": "2030-01-01T17:00:00+07:00",
}

Rights = set[str] | frozenset[str]
OPEN_TO_ALL = {
    *("GET /language/{locale}", "GET /live", "GET /ready", "GET /metrics", "GET /sign-in", "GET /activate"),
    *("GET /ledger/checkpoint", "GET /ledger/checkpoint/cosigned", "GET /ledger/keys"),
    *("GET /ledger/tile/{level}/{address:path}",),
    *("POST /ledger/witness/add-checkpoint", "GET /ledger/witness/{origin}/checkpoint"),
    *("GET /calendar/{secret}.ics", "POST /api/v1/session", "POST /api/v1/activation", "POST /api/v1/sign-out"),
    *official_routes.OPEN_TO_ALL,
}
BY_SETTING = {"GET /ledger/tile/entries/{address:path}"}
"""Who reads the provable log is for `DIENHONG_LEDGER_PUBLIC` to say: test_ledger.py."""

OF_ONESELF = {
    *("GET /", "GET /_home", "GET /account", "GET /stream", "GET /search", "GET /search/_hits", "GET /meetings"),
    *("GET /calendar-feed", "GET /organisation", "GET /units/{unit_id}", "GET /people", "GET /people/{person_id}"),
    "GET /people/_found",
    *("GET /tasks", "GET /tasks/_list", "GET /tasks/_due", "GET /tasks/statistics", "GET /tasks/statistics.csv"),
    *("GET /minutes", f"GET {M}/minutes", "GET /opinion-forms", f"GET {API}/opinion-forms"),
    *(f"GET {API}{each}" for each in ("/session", "/sessions", "/units", "/people", "/meetings", "/tasks", "/minutes")),
    *(f"GET {API}{each}" for each in ("/calendar-feed", "/search", "/tasks/statistics", "/people/{person_id:uuid}")),
    *(
        "GET /bodies/{body_id}/rule-cards",
        f"GET {API}/bodies/{{body_id}}/rule-cards",
        f"GET {API}/rule-cards/{{rule_card_id}}",
    ),
    *(f"GET {AU}", f"GET {AU}/members", f"POST {API}/calendar-feed", f"DELETE {API}/calendar-feed"),
    *official_routes.OF_ONESELF,
    *(f"POST {API}/{each}" for each in ("sessions/{session_id}/end", "sessions/end-others", "me/password")),
}
"""Whoever is signed in may ask; what the answer holds is looked at below."""

READS: dict[str, tuple[Rights, Rights | None]] = {
    **{f"GET {AM}{each}": (SEE, None) for each in ("", "/sitting", "/attendance", "/quorum", "/quorum/timeline")},
    **{f"GET {AM}{each}": (SEE, None) for each in ("/floor-requests", "/speeches", "/item-times", "/polls")},
    **{f"GET {AM}{each}": (SEE, None) for each in ("/rule-cards", "/conclusions", "/agenda/{item_id}/conclusion")},
    **{f"GET {each}/voting-rights": (SEE, None) for each in (AM, M)},
    **{f"GET {AP}{each}": (SEE, None) for each in ("", "/turnout", "/result", "/ballots", "/ballots/mine")},
    f"GET {AP}/ballots/mine/proof": (SEE, None),
    **{f"GET {AD}{each}": (SEE, None) for each in ("", "/file", "/original", "/text", "/proof")},
    **{f"GET {each}/signatures": (SEE, None) for each in (AD, "/documents/{document_id}")},
    **{f"GET {M}{each}": (SEE, None) for each in ("", "/_top", "/_agenda", "/_documents", "/_invitations", "/session")},
    **{f"GET {M}{each}": (SEE, None) for each in ("/_standing", "/_proceedings", "/checkin")},
    **{f"GET {M}{each}": (SEE, None) for each in ("/_checkin", "/_polls", "/_hall_poll", "/conclusions", "/_minutes")},
    **{f"GET {M}{each}": (SEE, None) for each in ("/_conclusions", "/agenda/{item_id}/conclusion/history")},
    **{f"GET {each}": (SEE, None) for each in (f"{M}/_officials", f"{AM}/officials")},
    f"GET {AM}/official-words": (official_routes.HOUSE, None),
    **{f"GET /polls/{{poll_id}}{each}": (SEE, None) for each in ("", "/_turnout", "/_hall_turnout", "/_ballot")},
    "GET /polls/{poll_id}/_body": (SEE, None),
    **{f"GET {AP}/{each}": (SEE, None) for each in ("lines", "represented")},
    f"GET {AP}/dictations": (ROLL, None),
    "GET /polls/{poll_id}/_count": (SEE, None),
    f"GET {AP}/outcome": (SEE, None),
    "GET /polls/{poll_id}/dictations": (ROLL, None),
    "GET /polls/{poll_id}/tellers": (PRESIDE, None),
    "GET /polls/{poll_id}/count": (set(), None),
    **{f"GET {AP}/{each}": (NOTES, None) for each in ("counts", "count-minutes.pdf")},
    **{f"GET /documents/{{document_id}}{each}": (SEE, None) for each in ("", "/_state", "/text", "/file", "/original")},
    f"GET {AM}/notes": (NOTES, None),
    **{f"GET {M}{each}": (ROLL, None) for each in ("/hall", "/_hall", "/_roll-candidates", "/_notes", "/_attendance")},
    f"GET {M}/session/notes/{{note_id}}": (ROLL, None),
    f"GET {M}/_new_poll": (PRESIDE, None),
    f"GET {M}/_guests": (PUBLISH, None),
    f"GET {M}/agenda/{{item_id}}/_edit": (PREPARE, None),
    f"GET {M}/agenda/{{item_id}}/conclusion": (CONCLUDE, None),
    **{f"GET {each}": (SEE, TASK) for each in (AT, "/tasks/{task_id}", "/tasks/{task_id}/_task")},
    **{f"GET {AX}{each}": (SEE, MINUTES) for each in ("", "/record", "/pdf", "/proof", "/signatures", "/signed")},
    **{f"GET {each}": (SEE, MINUTES) for each in (f"{AX}/signed/check", "/minutes/{meeting_id}/signatures")},
    "GET /minutes/{meeting_id}": (SEE, MINUTES),
    **{
        f"GET {each}": (MINUTES, None)
        for each in (f"{AX}/preview", f"{AX}/recipients", "/minutes/{meeting_id}/_preview")
    },
    **{f"GET /minutes/{{meeting_id}}/{each}": (MINUTES, None) for each in ("distribution", "page-{page}.png")},
    "GET /minutes/{meeting_id}/edit": ({"clerk"}, None),
    "GET /minutes/{meeting_id}/approval": (PRESIDE, None),
    **{f"GET {each}": (INSPECT, ALL) for each in ("/policy", "/audit", "/audit/_health", "/audit/events")},
    "GET /audit/events/{position}": (INSPECT, ALL),
    **{f"GET {API}/audit/{each}": (INSPECT, ALL) for each in ("events/{position}/proof", "exports/{export_id}/file")},
    **{f"GET /audit{M}{each}": (INSPECT, None) for each in ("", "/state")},
    **{f"GET {each}": (ADMIN, ALL) for each in ("/organisation/new", "/people/new", "/people/import")},
    **{f"GET {API}/people/import/template.{each}": (ADMIN, ALL) for each in ("csv", "xlsx")},
    "GET /people/import/{token}": (ADMIN, ALL),
    "GET /meetings/new": (PLAN, ALL),
    "GET /bodies/{body_id}/rule-cards/new": (PREPARE, ALL),
    **{f"GET {AF}{each}": (SEE, FORM) for each in ("", "/reminders", "/answers", "/comments", "/synthesis.pdf")},
    **{f"GET /opinion-forms/{{form_id}}{each}": (SEE, FORM) for each in ("", "/_progress")},
    "GET /opinion-forms/{form_id}/edit": (PREPARE, FORM),
    "GET /opinion-forms/new": (PLAN, ALL),
    f"GET {M}/_opinions": (SEE, None),
    "GET /tasks/new": (ASSIGN, ALL),
    **{route: (may, know or ALL) for route, (may, know) in official_routes.READS.items()},
}
PAPERS = dict.fromkeys(("issued", "returned", "unused", "spoiled", "valid", "invalid"), 0)
WRITES: dict[str, tuple[Rights, Rights | None, Any]] = {
    f"POST {AP}/tellers": (PRESIDE, None, {"head_id": ANA, "member_ids": [ANA, ANA]}),
    f"POST {AP}/counts": (set(), None, {"count": PAPERS | {"counts": {}}}),
    f"POST {AP}/counts/restart": (set(), None, {"reason": "Đếm lại"}),
    f"POST {AP}/counts/confirm": (set(), None, {}),
    f"POST {API}/meetings": (PLAN - {"other_clerk"}, ALL, PLANNED | {"body_id": str(COUNCIL), "kind": "briefing"}),
    f"PUT {AM}": (PREPARE, None, PLANNED),
    f"POST {AM}/cancellation": (PUBLISH, None, {"reason": "Lý do"}),
    f"DELETE {AI}": (PREPARE, None, None),
    f"PUT {AI}": (PREPARE, None, {"title": "Khác", "minutes": 5}),
    f"PUT {AI}/place": (PREPARE, None, {}),
    f"POST {AM}/agenda": (PREPARE, None, {"title": "Thêm", "minutes": 5}),
    f"POST {AM}/links": (PREPARE, None, {"url": "https://example.vn/a", "title": "Liên kết"}),
    f"PUT {AM}/documents": (PREPARE, None, pdf("khác")),
    f"POST {AM}/documents/{{document_id}}": (PREPARE, None, {"kind": "main", "title": "Khác"}),
    f"POST {AM}/documents/{{document_id}}/detachment": (PREPARE, None, {}),
    f"PUT {AD}": (PREPARE, None, {"title": "Khác"}),
    f"POST {AD}/versions": (PREPARE, None, pdf("khác")),
    f"POST {AM}/submission": (PREPARE, None, {"leader_id": str(ids("leader"))}),
    f"POST {AM}/submission/recall": (PREPARE, None, {}),
    f"POST {AM}/approval": (APPROVE, None, {}),
    f"POST {AM}/return": (APPROVE, None, {"reason": "Lý do"}),
    f"POST {AM}/publication": (PUBLISH, None, {}),
    f"POST {AM}/invitees": (PREPARE, None, {"person_ids": [str(ids("outsider"))]}),
    f"POST {AM}/answer": (INVITED | {"guest"}, None, {"answer": "coming"}),
    f"POST {AM}/answers/{{person_id}}": (PREPARE, None, {"answer": "coming"}),
    **{f"POST {AM}/roll-call{each}": (ROLL, None, None) for each in ("", "/code")},
    f"POST {AM}/roll-call/people": (ROLL, None, {"person_ids": [str(ids("outsider"))]}),
    **{f"POST {AM}/{each}": (ROLL, None, {"person_id": ANA}) for each in ("arrivals", "departures")},
    f"POST {AM}/absences": (ROLL, None, {"person_id": ANA, "kind": "absent_unexcused"}),
    **{f"POST {AS}/{each}": (PRESIDE, None, {}) for each in ("open", "suspend", "resume", "close")},
    f"POST {AS}/item": (ROLL, None, {"item_id": "{item_id}"}),
    f"POST {AM}/floor/end": (ROLL, None, None),
    f"POST {AM}/floor-requests/{{request_id}}/withdraw": (ROLL | {"ana"}, None, {}),
    f"POST {AM}/floor-requests/{{request_id}}/give": (ROLL, None, {"seconds": 60}),
    f"POST {AM}/notes": (ROLL, None, {"text": "Ghi"}),
    f"PUT {AM}/notes/{{note_id}}": (ROLL, None, {"text": "Sửa"}),
    f"POST {AM}/polls": (PRESIDE, None, {"question": "Khác?", "card_id": "x"}),
    f"POST {AM}/polls/preview": (PRESIDE, None, {"question": "Khác?", "card_id": "x"}),
    f"PUT {AM}/voting-rights": (ROLL, None, {}),
    f"POST {AP}/dictations": (ROLL, None, {"voter_id": ANA, "marks": ["for"]}),
    f"POST {AP}/dictations/{{voter_id}}/confirm": (ROLL, None, {"marks": ["for"]}),
    f"POST {AP}/dictations/{{voter_id}}/withdraw": (ROLL, None, {}),
    f"POST {API}/bodies/{{body_id}}/rule-cards": (PREPARE, ALL, {"card": OWN_CARD}),
    f"POST {API}/rule-cards/{{rule_card_id}}/withdraw": (PREPARE, ALL, {}),
    f"POST {API}/rule-cards/{{rule_card_id}}/approve": (APPROVE | PRESIDE, ALL, {}),
    f"POST {API}/rule-cards/{{rule_card_id}}/reject": (APPROVE | PRESIDE, ALL, {"reason": "Lý do"}),
    f"POST {API}/rule-cards/{{rule_card_id}}/retire": (APPROVE | PRESIDE, ALL, {"valid_to": DAY}),
    **{f"POST {AP}/{each}": (PRESIDE, None, {}) for each in ("close", "publish")},
    f"POST {AP}/cancel": (PRESIDE, None, {"reason": "Lý do"}),
    f"POST {AI}/conclusion": (CONCLUDE, None, {"text": "Khác"}),
    **{f"POST {AX}{each}": ({"clerk"}, None, None) for each in ("", "/submission")},
    f"POST {AX}/text": ({"clerk"}, None, {"section": "opening", "text": "a", "revision": 0}),
    f"POST {AX}/number": ({"clerk"}, None, {"symbol": "BB", "place_name": "Phường"}),
    f"POST {AX}/return": (PRESIDE, None, {"reason": "Lý do"}),
    f"POST {AX}/approval": (PRESIDE, None, {"pdf_sha256": "0" * 64}),
    f"POST {AX}/publication": (MINUTES, None, {}),
    f"POST {AX}/signatures": ({"clerk"}, None, None),
    f"POST {API}/tasks": (
        ASSIGN,
        ALL,
        {"title": "Việc", "lead_unit_id": str(CULTURE), "due_at": "2030-01-01T08:00:00Z"},
    ),
    f"PUT {AT}/documents": ({"head", "officer"}, TASK, pdf("báo cáo")),
    f"POST {AT}/acceptance": ({"head", "officer"}, TASK, {"responsible_id": str(ids("officer"))}),
    f"POST {AT}/responsible": ({"head", "officer"}, TASK, {"responsible_id": str(ids("officer"))}),
    f"POST {AT}/hand-over": (PRESIDE | ADMIN, TASK, {"assigner_id": str(ids("leader")), "reason": "Lý do"}),
    f"POST {AT}/contributions": (set(), TASK, {"unit_id": str(WORKS), "note": "Xong"}),
    f"POST {AT}/completion": ({"head", "officer"}, TASK, {"report": "Xong"}),
    f"POST {AT}/progress": ({"head", "officer"}, TASK, {"percent": 5, "note": "Đang làm"}),
    f"POST {AT}/completion/acceptance": (PRESIDE, TASK, {}),
    f"POST {AT}/completion/return": (PRESIDE, TASK, {"reason": "Lý do"}),
    f"POST {AT}/extension": (PRESIDE, TASK, {"due_at": "2030-01-01T08:00:00Z", "reason": "Lý do"}),
    f"POST {AT}/withdrawal": (PRESIDE, TASK, {"reason": "Lý do"}),
    f"POST {API}/opinion-forms": (PREPARE, ALL, ASKED | {"body_id": str(COUNCIL)}),
    f"PUT {AF}": (PREPARE, FORM, ASKED),
    f"PUT {AF}/documents": (PREPARE, FORM, pdf("khác")),
    f"POST {AF}/documents": (PREPARE, FORM, {"document_id": ANA}),
    f"POST {AF}/documents/{{document_id}}/detachment": (PREPARE, FORM, {}),
    **{f"POST {AF}/{each}": (PREPARE, FORM, None) for each in ("submission", "reminders", "closing")},
    **{f"POST {AF}/{each}": (APPROVE | PRESIDE, FORM, None) for each in ("circulation", "announcement")},
    f"POST {AF}/return": (APPROVE | PRESIDE, FORM, {"reason": "Lý do"}),
    f"POST {AF}/withdrawal": (PREPARE | APPROVE | PRESIDE, FORM, {"reason": "Lý do"}),
    f"PUT {AF}/answers/mine": ({"ana", "ben", "chair", "leader"}, FORM, {"choice": "for"}),
    f"POST {AF}/comments/{{comment_id}}/resolution": (set(), FORM, {"resolution": "rejected", "explanation": "Không"}),
    f"POST {API}/audit/exports": (INSPECT, ALL, {"documents": False}),
    f"POST {API}/units": (ADMIN, ALL, UNIT | {"valid_from": DAY}),
    f"POST {AU}/name": (ADMIN, ALL, {"name": "Khác", "short_name": "K"}),
    f"POST {AU}/dissolution": (ADMIN, ALL, {"valid_to": DAY}),
    f"POST {AU}/rules": (ADMIN, ALL, {"rules": RULES}),
    f"POST {AK}": (ADMIN, ALL, {"full_name": "Người Khác"}),
    f"POST {AK}/{{person_id}}/correction": (ADMIN, ALL, {"full_name": "Người Khác"}),
    f"POST {AK}/{{person_id}}/mandates": (ADMIN, ALL, {"body_id": str(COUNCIL), "valid_from": DAY}),
    f"POST {AK}/{{person_id}}/mandates/{{mandate_id}}/end": (ADMIN, ALL, {"valid_to": DAY, "reason": "Lý do"}),
    **{f"POST {AK}/{{person_id}}/roles{each}": (ADMIN, ALL, {"role": "administrator"}) for each in ("", "/withdrawal")},
    f"POST {AK}/{{person_id}}/account": (ADMIN, ALL, {"login": "khac.khac"}),
    f"POST {AK}/{{person_id}}/account/code": (ADMIN, ALL, None),
    f"POST {AK}/{{person_id}}/account/closure": (ADMIN, ALL, {"reason": "Lý do"}),
    f"POST {AK}/import/preview": (ADMIN, ALL, b"x"),
    f"POST {AK}/import": (ADMIN, ALL, {"token": "x"}),
    **{route: (may, know or ALL, body) for route, (may, know, body) in official_routes.WRITES.items()},
}
IN_PERSON = {
    f"POST {AM}/check-in": {"mode": "online"},
    f"POST {AM}/floor-requests": {},
    f"POST {AP}/ballots": {"choice": "for"},
}
"""Only for who is on the roll, by their own hand; to see the meeting is not enough."""


@pytest.fixture(scope="module")
def council(shared_world: World) -> Iterator[Meetings]:
    meetings = Meetings(shared_world)
    proposed = meetings.clerk.ok("POST", f"/bodies/{COUNCIL}/rule-cards", {"card": OWN_CARD})["id"]
    form = OpinionForm(shared_world, since_monday=False).circulated()
    official = official_routes.official_ids(shared_world)
    for held in meetings.held.values():
        held.ids.update(form_id=form.id, comment_id=ANA, **official)
        held.ids.update(rule_card_id=proposed, body_id=str(COUNCIL), voter_id=ANA)
    yield meetings


def routes(world: World) -> set[str]:
    found = set()
    for included in world.app.routes:
        for each in getattr(included, "effective_route_contexts", list)():
            found |= {f"{method} {each.path}" for method in each.methods}
    return found


def filled(held: Held, template: str) -> str | None:
    """The path with real ids; None when this meeting has no such thing yet."""
    known = {**held.ids, "unit_id": str(CULTURE), "mandate_id": ANA, "token": "x", "page": "1"}
    known |= {"position": "1", "export_id": ANA}
    needed = re.findall(r"{(\w+)}", template)
    return template.format(**known) if set(needed) <= set(known) else None


def expected(held: Held, may: Rights, know: Rights | None) -> dict[str, set[int]]:
    """The refusals that are right for each person who is not among those who may."""
    knowing = KNOW[held.state] if know is None else know | KNOW[held.state] if know is TASK else know
    return {each: {403} if each in knowing else {404} for each in PEOPLE if each not in set(may) & set(knowing)}


def head(world: World) -> int:
    world.settle()
    return world.embedded.store.wait(0, 0)


def test_every_route_stands_in_the_matrix(council: Meetings) -> None:
    assert routes(council.world) == {*OPEN_TO_ALL, *BY_SETTING, *OF_ONESELF, *READS, *WRITES, *IN_PERSON}


def test_nobody_signed_in_by_nothing_gets_past_the_door(council: Meetings) -> None:
    client = council.world.anonymous()
    before, held, wrong = head(council.world), council.held["running"], []
    bodies = {each: body for each, (_may, _know, body) in WRITES.items()} | IN_PERSON
    for route in sorted({*OF_ONESELF, *READS, *WRITES, *IN_PERSON}):
        method, template = route.split(" ")
        path = filled(held, template.replace("{session_id}", ANA).replace(":uuid", ""))
        answer = answer_of(client, method, path or "", bodies.get(route))
        if answer.status_code != 401 and route not in (f"POST {API}/me/password", f"GET {M}/minutes", "GET /stream"):
            wrong.append((route, answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong[:60]))
    assert head(council.world) == before


@pytest.mark.parametrize("state", STATES)
def test_who_may_not_read_is_refused_and_who_may_is_not(council: Meetings, state: str) -> None:
    held, wrong = council.held[state], []
    for route, (may, know) in READS.items():
        path = filled(held, route.split(" ")[1])
        if path is None:
            continue
        right = expected(held, may, know)
        for login in PEOPLE:
            status = answer_of(council.world.client(login), "GET", path, None).status_code
            if (status not in right[login]) if login in right else status in (401, 403):
                wrong.append((route, login, status, right.get(login, "served")))
    assert wrong == [], "\n".join(map(str, wrong[:60]))


@pytest.mark.parametrize("state", STATES)
def test_who_may_not_do_it_is_refused_and_changes_nothing(council: Meetings, state: str) -> None:
    held, wrong, before = council.held[state], [], head(council.world)
    for route, (may, know, body) in WRITES.items():
        method, template = route.split(" ")
        path = filled(held, template)
        if path is None:
            continue
        if body == {"item_id": "{item_id}"}:
            body = {"item_id": held.ids["item_id"]}
        for login, right in expected(held, may, know).items():
            status = answer_of(council.world.client(login), method, path, body).status_code
            if status not in right:
                wrong.append((route, login, status, right))
    assert wrong == [], "\n".join(map(str, wrong[:60]))
    assert head(council.world) == before


@pytest.mark.parametrize("state", STATES)
def test_only_the_roll_checks_in_speaks_and_votes(council: Meetings, state: str) -> None:
    held, before, wrong = council.held[state], head(council.world), []
    for route, body in IN_PERSON.items():
        path = filled(held, route.split(" ")[1])
        for login in ALL - INVITED - {"guest"}:
            if path is None:
                continue
            answer = answer_of(council.world.client(login), "POST", path, body)
            known = login in KNOW[state]
            if answer.is_success or (answer.status_code == 404) == known:
                wrong.append((route, login, answer.status_code, answer.text))
    assert wrong == [], "\n".join(map(str, wrong[:60]))
    assert head(council.world) == before


def test_things_of_one_meeting_are_not_reached_through_another(council: Meetings) -> None:
    """Ids of the running meeting in the finished one's paths, by those who may do everything in both."""
    running, other = council.held["running"], council.held["finished"]
    before, wrong = head(council.world), []
    for route, (_may, _know, body) in WRITES.items():
        method, template = route.split(" ")
        things = [each for each in re.findall(r"{(\w+)}", template) if each not in ("meeting_id", "person_id")]
        if M not in template or not things or template.endswith("/documents/{document_id}"):
            continue
        path = filled(Held("mixed", {**running.ids, "meeting_id": other.ids["meeting_id"]}), template) or ""
        for login in ("clerk", "chair"):
            answer = answer_of(council.world.client(login), method, path, body)
            if answer.is_success:
                wrong.append((route, login, answer.text))
    for item_field in (f"{AS}/item", f"{AM}/notes", f"{AM}/polls", f"{AM}/links"):
        path = item_field.format(meeting_id=other.ids["meeting_id"])
        body = {"item_id": running.ids["item_id"]}
        body |= (
            {"text": "Ghi"}
            if path.endswith("notes")
            else {"url": "https://a.vn", "title": "A"}
            if "links" in path
            else {}
        )
        for login in ("clerk", "chair"):
            if answer_of(council.world.client(login), "POST", path, body).is_success:
                wrong.append((item_field, login, ""))
    for page in ("/session/notes/{note_id}", "/agenda/{item_id}/_edit", "/agenda/{item_id}/conclusion/history"):
        path = (M + page).format(**{**running.ids, "meeting_id": other.ids["meeting_id"]})
        answer = answer_of(council.world.client("clerk"), "GET", path, None)
        if answer.is_success:
            wrong.append((page, "clerk", str(answer.status_code)))
    assert wrong == [], "\n".join(map(str, wrong[:60]))
    assert head(council.world) == before


TOLD: dict[str, tuple[str, Callable[[str], Rights]]] = {
    "a personal paper": (PERSONAL, lambda state: {"clerk", "admin", "ana"} & set(KNOW[state])),
    "why somebody is absent": (ABSENCE, lambda state: {"ben", "clerk", "admin", "chair"} & set(KNOW[state])),
    "why a dossier was returned": (RETURNED, lambda state: {"clerk", "admin", "chair", "leader"} & set(KNOW[state])),
    "a note of the discussion": (NOTED, lambda state: NOTES),
    "a phone number": (PHONE, lambda _state: {"ana", "clerk", "other_clerk", "admin"}),
    "an e-mail address": (EMAIL, lambda _state: {"ana", "clerk", "other_clerk", "admin"}),
}


@pytest.mark.parametrize("state", STATES)
def test_what_concerns_only_some_is_on_nobody_elses_page(council: Meetings, state: str) -> None:
    held, wrong = council.held[state], []
    known = Held(state, {**held.ids, "person_id": ANA})
    private = Held(state, {**known.ids, "document_id": held.extra["personal"]})
    asked = [each.split(" ")[1].replace(":uuid", "") for each in (*OF_ONESELF, *READS) if each.startswith("GET ")]
    paths = {path for each in asked for of in (known, private) if (path := filled(of, each)) and path != "/stream"}
    for word, _may in TOLD.values():
        paths |= {f"/search?q={word}", f"{API}/search?q={word}", f"/search/_hits?q={word}"}

    def may_know(what: str, path: str) -> Rights:
        """A page of one meeting tells of that one; lists tell of all."""
        of = TOLD[what][1]
        return of(state) if held.ids["meeting_id"] in path else {each for known in STATES for each in of(known)}

    for login in PEOPLE:
        client = council.world.client(login)
        for path in sorted(paths):
            text = answer_of(client, "GET", path, None).text
            for what, (word, _may) in TOLD.items():
                echoed = "search" in path and word in path
                if word in text and login not in may_know(what, path) and not echoed:
                    wrong.append((what, login, path))
    assert wrong == [], "\n".join(map(str, wrong[:60]))


def test_nobody_sees_a_result_before_its_time(council: Meetings) -> None:
    """Open: nobody, but who voted their own. Counted, unpublished: those who hold the sitting alone."""
    for state, may in (("running", set()), ("finished", {"clerk", "chair"})):
        held = council.held[state]
        for login in KNOW[state] - {"ana"}:
            for each in ("result", "ballots"):
                answer = council.world.client(login).get(f"{API}/polls/{held.ids['poll_id']}/{each}")
                assert answer.is_success == (login in may), (state, login, each, answer.text)
            page = council.world.client(login).get(f"/polls/{held.ids['poll_id']}").text
            assert ("vote-mark" in page) == (login in may), (state, login)


def test_a_role_withdrawn_is_gone_with_the_next_request(council: Meetings) -> None:
    world, admin = council.world, council.world.client("admin")
    path = f"{API}/meetings/{council.held['published'].ids['meeting_id']}"
    assert world.client("auditor").get(path).is_success
    admin.ok("POST", f"/people/{world.person('auditor')}/roles/withdrawal", {"role": "auditor"})
    assert world.client("auditor").get(path).status_code == 404
    admin.ok("POST", f"/people/{world.person('auditor')}/roles", {"role": "auditor"})
