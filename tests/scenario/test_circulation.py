"""An opinion form from its draft to the report at the next session, through the JSON API."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader

from kernel.decider import Refused
from services.voting.messages import CloseOpinionForm, SubmitAnswer, WithdrawOpinionForm
from tests.files import pdf
from tests.opinion_forms import CLAUSES, GENERAL, TITLE, TO_CLAUSE, OpinionForm
from tests.scenario.test_documents import plan, upload
from tests.scenario.test_voting import Hall
from tests.stamps import stamp
from tests.world import COUNCIL, DELEGATES, VOTERS, World


@pytest.fixture
def form(world: World) -> OpinionForm:
    return OpinionForm(world)


def states(form: OpinionForm) -> str:
    return str(form.read()["form"]["state"])


def test_a_form_goes_from_draft_to_a_result_that_the_next_session_is_told_of(form: OpinionForm) -> None:
    form.announced()
    read = form.read("dan")
    result = read["form"]["result"]
    assert (result["answered"], result["silent"], result["silent_agreed"]) == (5, 2, 0)
    assert (result["base_count"], result["needed"], result["votes_for"], result["passed"]) == (7, 4, 4, True)
    assert [(each["clause_key"], each["text"], each["resolution"]) for each in form.comments("dan")] == [
        ("", GENERAL, "explained"),
        ("d3k2", TO_CLAUSE, "accepted"),
    ]
    assert form.comments("dan")[1]["text_before"] == CLAUSES[0]["text"]
    assert read["form"]["reported_to"] is None
    session = Hall(form.world).opened()
    form.world.settle()
    assert form.read("dan")["form"]["reported_to"] == session.id
    later = Hall(form.world).opened()
    form.world.settle()
    assert form.read("dan")["form"]["reported_to"] == session.id != later.id


def test_only_who_prepares_and_who_decides_see_a_form_before_it_is_sent(form: OpinionForm) -> None:
    for login in ("ana", "outsider", "auditor", "guest"):
        assert form.world.client(login).refused("GET", form.at()) == (404, "not_found")
    assert form.world.client("ana").ok("GET", "/opinion-forms") == []
    form.clerk.ok("POST", form.at("submission"))
    assert form.read("leader")["form"]["state"] == "submitted"
    form.circulated()
    assert form.read("ana")["form"]["title"] == TITLE
    assert form.read("auditor")["voters"][0]["answered_at"] is None
    for login in ("outsider", "guest", "head"):
        assert form.world.client(login).refused("GET", form.at()) == (404, "not_found")


def test_the_chair_named_in_the_form_decides_and_nobody_else(form: OpinionForm) -> None:
    form.clerk.ok("POST", form.at("submission"))
    leader = form.world.client("leader")
    assert form.clerk.refused("POST", form.at("circulation")) == (403, "not_allowed")
    assert leader.refused("POST", form.at("circulation")) == (403, "not_the_chair")
    form.chair.ok("POST", form.at("return"), {"reason": "Bổ sung điều 9"})
    assert form.read()["form"]["return_reason"] == "Bổ sung điều 9"
    assert "Sửa phiếu lấy ý kiến bị trả lại" in form.clerk.get("/_home", headers={"Accept-Language": "vi"}).text
    form.clerk.ok("PUT", form.at(), {**form.content, "title": "Dự thảo lần hai"})
    form.circulated()
    assert form.read("ana")["form"]["title"] == "Dự thảo lần hai"
    assert form.clerk.refused("PUT", form.at(), form.content) == (409, "form_not_in_draft")


def test_members_read_the_documents_that_were_sent_and_others_do_not(form: OpinionForm) -> None:
    path = f"/documents/{form.document_id}"
    assert form.world.client("ana").refused("GET", path) == (404, "not_found")
    form.circulated()
    assert form.world.client("ana").ok("GET", path)["document"]["title"] == "Quy che"
    assert form.read("ana")["form"]["documents"][0]["version"] == 1
    assert form.world.client("outsider").refused("GET", path) == (404, "not_found")


def test_a_clerk_attaches_what_is_in_the_house_and_takes_it_away_again(form: OpinionForm) -> None:
    form.clerk.ok("POST", form.at(f"documents/{form.document_id}/detachment"))
    assert form.read()["form"]["documents"] == []
    assert form.clerk.refused("POST", form.at("documents"), {"document_id": form.clerk.person_id}) == (
        422,
        "no_such_document",
    )
    form.clerk.ok("POST", form.at("documents"), {"document_id": form.document_id})
    assert [each["title"] for each in form.read()["form"]["documents"]] == ["Quy che"]


def test_a_clerk_circulates_what_he_answers_for_and_not_all_that_he_may_read(form: OpinionForm) -> None:
    world, meeting = form.world, plan(form.world)
    shared = upload(form.clerk, meeting, pdf("Báo cáo"), "bao_cao.pdf")
    personal = upload(
        form.clerk, meeting, pdf("Thư riêng"), "thu.pdf", kind="personal", for_person_id=world.person("ana")
    )
    form.clerk.ok("POST", form.at("documents"), {"document_id": shared})
    form.clerk.ok("GET", f"/documents/{personal}")
    refused = form.clerk.refused("POST", form.at("documents"), {"document_id": personal})
    assert refused == (403, "not_to_be_circulated")
    assert len(form.read()["form"]["documents"]) == 2


def test_an_unfinished_answer_is_its_voters_alone_and_does_not_count(form: OpinionForm) -> None:
    form.circulated()
    form.answers("ana", "for", submitted=False)
    form.answers("ana", "against", submitted=False, reason="Đang cân nhắc")
    assert form.read("ana")["mine"]["reason"] == "Đang cân nhắc"
    assert form.read("ana")["mine"]["submitted"] is False
    assert form.read("clerk")["mine"] is None
    assert form.read("clerk")["form"]["answered"] == 0
    form.passed_its_deadline()
    assert form.read()["form"]["result"]["answered"] == 0


def test_answers_of_others_are_open_only_after_the_result(form: OpinionForm) -> None:
    form.circulated()
    form.answers("ana", "for", ("d3k2", TO_CLAUSE))
    for login in ("clerk", "chair", "ben", "auditor"):
        assert form.world.client(login).refused("GET", form.at("answers")) == (409, "answers_not_open")
        assert form.world.client(login).refused("GET", form.at("comments")) == (409, "answers_not_open")
    form.passed_its_deadline()
    assert [each["full_name"] for each in form.clerk.ok("GET", form.at("answers"))] == ["Đại biểu Ana"]
    assert form.world.client("ben").refused("GET", form.at("answers")) == (409, "answers_not_open")
    assert form.read("ben")["form"]["result"] is None
    assert [each["result"] for each in form.world.client("ben").ok("GET", "/opinion-forms")] == [None]
    form.resolves(form.comments()[0], resolution="rejected", explanation="Luật đã quy định 5 ngày.")
    form.chair.ok("POST", form.at("announcement"))
    assert len(form.world.client("ben").ok("GET", form.at("answers"))) == 1
    assert form.read("ben")["form"]["result"]["answered"] == 1


def test_a_submitted_answer_stands_where_the_form_does_not_allow_changes(form: OpinionForm) -> None:
    form.circulated()
    form.answers("ana", "for")
    form.answers("ana", "for")
    again = {"choice": "against", "submitted": True}
    assert form.world.client("ana").refused("PUT", form.at("answers/mine"), again) == (409, "already_answered")
    assert form.world.client("ana").refused("PUT", form.at("answers/mine"), {"choice": "for"}) == (
        409,
        "already_answered",
    )


def test_where_the_form_allows_it_the_last_answer_before_the_close_counts(world: World) -> None:
    form = OpinionForm(world, allows_change=True).circulated()
    form.answers("ana", "for")
    form.answers("ana", "against")
    form.passed_its_deadline()
    assert form.read()["form"]["result"]["counts"] == {"for": 0, "against": 1, "other_opinion": 0}


def test_nobody_answers_for_a_body_they_are_not_asked_in(form: OpinionForm) -> None:
    form.circulated()
    body = {"choice": "for", "submitted": True}
    assert form.clerk.refused("PUT", form.at("answers/mine"), body) == (403, "not_on_roll")
    ana = form.world.client("ana")
    assert ana.refused("PUT", form.at("answers/mine"), {**body, "choice": "maybe"}) == (422, "unknown_choice")
    comment = {"comments": [{"clause_key": "d99", "text": "Góp ý"}]}
    assert ana.refused("PUT", form.at("answers/mine"), {**body, **comment}) == (422, "unknown_clause")
    assert ana.refused("PUT", form.at("answers/mine"), {"submitted": True}) == (422, "invalid")


def test_the_clock_reminds_a_working_day_before_and_on_the_day_and_then_closes(form: OpinionForm) -> None:
    form.circulated()
    form.comes_to(hours=2)
    assert form.clerk.ok("GET", form.at("reminders")) == []
    form.answers("ana")
    form.comes_to(days=2)
    form.comes_to(hours=1)
    form.answers("ben")
    form.comes_to(days=1)
    happened = form.clerk.ok("GET", form.at("reminders"))
    assert [(each["occasion"], each["members"]) for each in happened] == [("day_before", 6), ("due_day", 5)]
    assert {each["full_name"] for each in form.read()["voters"] if each["reminded_at"] is None} == {"Đại biểu Ana"}
    form.passed_its_deadline()
    assert states(form) == "counted"
    log = form.world.embedded.store.read(f"opinionForm-{form.id}")
    assert [each.actor for each in log if each.type == "OpinionFormClosed"] == ["clock"]


def test_two_clocks_have_one_effect(form: OpinionForm) -> None:
    form.circulated()
    form.world.now += timedelta(days=2)
    ticker = form.world.embedded.ticker
    assert ticker.tick() == 1
    ticker.tick()
    form.passed_its_deadline()
    ticker.tick()
    kinds = [each.type for each in form.world.embedded.store.read(f"opinionForm-{form.id}")]
    assert (kinds.count("MembersReminded"), kinds.count("OpinionFormClosed")) == (1, 1)


def test_a_clerk_reminds_by_hand_as_often_as_needed(form: OpinionForm) -> None:
    form.circulated()
    form.answers("ana")
    form.clerk.ok("POST", form.at("reminders"))
    form.clerk.ok("POST", form.at("reminders"))
    happened = form.clerk.ok("GET", form.at("reminders"))
    assert [(each["occasion"], each["members"]) for each in happened] == [("by_hand", 6), ("by_hand", 6)]
    assert form.world.client("ana").refused("POST", form.at("reminders")) == (403, "not_allowed")


def test_it_closes_early_only_when_everybody_has_answered(form: OpinionForm) -> None:
    form.circulated()
    for login in VOTERS[:-1]:
        form.answers(login)
    assert form.clerk.refused("POST", form.at("closing")) == (409, "answers_missing")
    form.answers(VOTERS[-1])
    form.clerk.ok("POST", form.at("closing"))
    form.world.settle()
    assert states(form) == "counted"


def test_after_the_deadline_nothing_is_taken_even_before_the_clock_has_ticked(form: OpinionForm) -> None:
    form.circulated()
    form.world.now = form.due_at
    form.world.signed_out()
    body = {"choice": "for", "submitted": True}
    assert form.world.client("ana").refused("PUT", form.at("answers/mine"), body) == (409, "form_closed")


def test_an_answer_whose_acknowledgement_was_lost_is_acknowledged_again_after_the_close(form: OpinionForm) -> None:
    form.circulated()
    ana = form.world.client("ana").person_id
    command = stamp(SubmitAnswer, actor=ana, at=form.world.now, form_id=UUID(form.id), voter_id=UUID(ana), choice="for")
    first = form.world.embedded.gate.clients.execute(command)
    form.passed_its_deadline()
    assert form.world.embedded.gate.clients.execute(command) == first
    late = stamp(SubmitAnswer, actor=ana, at=command.at, form_id=UUID(form.id), voter_id=UUID(ana), choice="against")
    with pytest.raises(Refused, match="form_closed"):
        form.world.embedded.gate.clients.execute(late)


def test_the_result_waits_until_every_comment_has_ended(form: OpinionForm) -> None:
    form.counted()
    assert form.chair.refused("POST", form.at("announcement")) == (409, "comments_unresolved")
    general, tied = form.comments()
    path = form.at(f"comments/{tied['comment_id']}/resolution")
    assert form.clerk.refused("POST", path, {"resolution": "accepted"}) == (422, "text_change_needed")
    assert form.clerk.refused("POST", path, {"resolution": "rejected"}) == (422, "explanation_needed")
    assert form.world.client("ana").refused("POST", path, {"resolution": "rejected"}) == (403, "not_allowed")
    form.resolved()
    assert form.world.client("leader").refused("POST", form.at("announcement")) == (403, "not_the_chair")
    form.chair.ok("POST", form.at("announcement"))
    assert form.clerk.refused("POST", path, {"resolution": "rejected", "explanation": "Thôi"}) == (
        409,
        "result_announced",
    )


def test_silence_counts_only_where_a_regulation_is_named_and_is_printed_with_the_count(world: World) -> None:
    form = OpinionForm(world)
    refused = {**form.content, "silence": "agreement", "body_id": str(COUNCIL)}
    assert form.clerk.refused("POST", "/opinion-forms", refused) == (422, "silence_basis_needed")
    agreed = {"silence": "agreement", "silence_basis": "Điều 12 Quy chế làm việc"}
    form.clerk.ok("PUT", form.at(), {**form.content, **agreed})
    form.circulated()
    form.answers("ana", "against")
    form.answers("ben", "against")
    form.passed_its_deadline()
    result = form.read()["form"]["result"]
    assert (result["silent"], result["silent_agreed"], result["votes_for"], result["passed"]) == (5, 5, 5, True)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(synthesis(form, "clerk"))).pages)
    assert "5 đại biểu, được tính là tán thành theo Điều 12 Quy chế làm việc" in " ".join(text.split())


def synthesis(form: OpinionForm, login: str) -> bytes:
    answer = form.world.client(login).get(f"/api/v1{form.at('synthesis.pdf')}")
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def test_the_synthesis_table_writes_itself_and_stays_as_it_was_announced(form: OpinionForm) -> None:
    form.announced()
    announced = synthesis(form, "dan")
    form.world.now += timedelta(days=1)
    form.world.signed_out()
    assert synthesis(form, "clerk") == announced
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(announced)).pages).split())
    for words in ("Điều 3 khoản 2", TO_CLAUSE, "Tiếp thu", "Trước: Tài liệu gửi trước 5 ngày.", "Giải trình", GENERAL):
        assert words in text
    assert "2 đại biểu, không được tính là tán thành" in text


def test_what_was_sent_is_taken_back_by_its_chair_alone(form: OpinionForm) -> None:
    form.circulated()
    reason = {"reason": "Đưa ra kỳ họp"}
    assert form.clerk.refused("POST", form.at("withdrawal"), reason) == (403, "not_the_chair")
    form.chair.ok("POST", form.at("withdrawal"), reason)
    assert form.read("ana")["form"]["withdrawn_reason"] == "Đưa ra kỳ họp"
    body = {"choice": "for", "submitted": True}
    assert form.world.client("ana").refused("PUT", form.at("answers/mine"), body) == (409, "form_closed")
    assert form.passed_its_deadline().read()["form"]["result"] is None


def test_a_form_names_a_chair_who_presides_or_leads(form: OpinionForm) -> None:
    body = {**form.content, "body_id": str(COUNCIL), "chair_id": form.world.person("ana")}
    assert form.clerk.refused("POST", "/opinion-forms", body) == (422, "not_a_chair")
    assert form.world.client("ana").refused("POST", "/opinion-forms", body) == (403, "not_allowed")


def test_who_answered_after_the_close_is_told_so_and_not_counted(form: OpinionForm) -> None:
    """The form ends between the check and the append: the position in the log decides."""
    form.circulated()
    for login in DELEGATES[1:]:
        form.answers(login)
    clients, form_id = form.world.embedded.gate.clients, UUID(form.id)
    clients.execute(stamp(CloseOpinionForm, at=form.world.now, form_id=form_id, answered=7))
    ana = UUID(form.world.person("ana"))
    with pytest.raises(Refused, match="form_closed"):
        clients.execute(stamp(SubmitAnswer, at=form.world.now, form_id=form_id, voter_id=ana, choice="for"))
    with pytest.raises(Refused, match="form_closed"):
        clients.execute(stamp(WithdrawOpinionForm, at=form.world.now, form_id=form_id, reason="Muộn"))
    form.world.settle()
    assert form.read()["form"]["result"]["answered"] == 4


def test_the_minutes_of_the_next_session_say_what_it_was_told(form: OpinionForm) -> None:
    form.announced()
    session = Hall(form.world).opened()
    form.world.settle()
    form.chair.ok("POST", f"/meetings/{session.id}/session/close")
    form.clerk.ok("POST", f"/meetings/{session.id}/minutes")
    record = form.clerk.ok("GET", f"/meetings/{session.id}/minutes/record")
    assert [(each["title"], each["answered"], each["silent"], each["passed"]) for each in record["opinions"]] == [
        (TITLE, 5, 2, True)
    ]
    preview = form.clerk.get(f"/api/v1/meetings/{session.id}/minutes/preview")
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(preview.content)).pages).split())
    assert f"{TITLE}: 5/7 đại biểu trả lời; 2 đại biểu không trả lời, không được tính là tán thành" in text


def test_an_open_page_is_asked_for_again_when_the_form_has_moved_on(form: OpinionForm) -> None:
    form.circulated()
    path = f"{form.at('_progress')}?state=circulating"
    assert "hx-refresh" not in form.clerk.get(path).headers
    form.passed_its_deadline()
    assert form.clerk.get(path).headers["hx-refresh"] == "true"
    assert "Không trả lời" in form.world.client("ana").get(path).text


def test_a_clerk_is_offered_the_papers_of_the_bodys_meetings(form: OpinionForm) -> None:
    session = Hall(form.world)
    headers = {"X-File-Name": "To_trinh.pdf"}
    form.clerk.ok("PUT", f"/meetings/{session.id}/documents", content=pdf("Tờ trình"), headers=headers)
    page = form.clerk.get(form.at()).text
    assert "To trinh – Kỳ họp thứ tư" in page
    form.clerk.ok("POST", form.at("submission"))
    assert "To trinh" not in form.clerk.get(form.at()).text
