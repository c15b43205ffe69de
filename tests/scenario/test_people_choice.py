"""Whoever is likely to be meant is offered first; of many, the others are looked for by words."""

import re
from html import unescape
from uuid import UUID

from kernel.ids import uuid7
from services.directory.messages import AssignRole, GrantMandate, OpenAccount, RegisterPerson, RoleName
from tests.scenario.test_preparation import published, with_item
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, CULTURE, World

GROUP = re.compile(r'<optgroup label="([^"]*)">(.*?)</optgroup>', re.DOTALL)
FOUND = re.compile(r"<li [^>]*>([^<]*)")
OPTION = re.compile(r"<option[^>]*>([^<]*)")


def hired(world: World, login: str, name: str, position: str, unit: UUID) -> None:
    world.execute(RegisterPerson, person_id=ids(login), full_name=name, position=position, unit_id=unit)
    world.execute(OpenAccount, person_id=ids(login), login=login)


def groups(world: World, login: str, path: str, field: str) -> dict[str, list[str]]:
    world.settle()
    page = world.client(login).get(path).text
    select = page.split(f'name="{field}"', 1)[1].split("</select>", 1)[0]
    return {
        unescape(label): [unescape(each) for each in OPTION.findall(people)] for label, people in GROUP.findall(select)
    }


def test_those_who_may_sign_for_the_body_come_first(world: World) -> None:
    hired(world, "deputy", "Bùi Thị An", "Phó Chủ tịch Hội đồng nhân dân", COUNCIL)
    hired(world, "mandated", "Cao Văn Bình", "", COMMITTEE)
    hired(world, "typist", "Đỗ Văn Chi", "Thư ký của Chủ tịch", COUNCIL)
    mandate = {"body_id": COUNCIL, "title": "Phó Chủ tịch", "valid_from": world.today, "mandate_id": uuid7()}
    world.execute(GrantMandate, person_id=ids("mandated"), **mandate)
    found = groups(world, "clerk", f"/officials/write?issuer={COUNCIL}", "signatory.person_id")
    leaders, own, others = list(found)
    assert leaders == "Lãnh đạo Hội đồng nhân dân phường Thử Nghiệm"
    assert found[leaders] == [
        "Chủ tọa Kỳ họp",
        "Lãnh đạo Thường trực",
        "Bùi Thị An, Phó Chủ tịch Hội đồng nhân dân",
        "Cao Văn Bình",
    ]
    assert own == "Hội đồng nhân dân phường Thử Nghiệm"
    assert set(found[own]) == {"Văn thư Hội đồng", "Đỗ Văn Chi, Thư ký của Chủ tịch"}
    assert others == "Người khác" and {"Trưởng phòng Văn hóa", "Đại biểu Ana"} <= set(found[others])
    everybody = [each for people in found.values() for each in people]
    assert len(everybody) == len(set(everybody)) == 18


def test_the_head_of_the_drafting_unit_is_first_among_its_people(world: World) -> None:
    """Who signs by order (TL.) of the chair is the head of the department that drafts."""
    hired(world, "aide", "An Văn Ái", "Chuyên viên", CULTURE)
    world.execute(AssignRole, person_id=ids("chair"), role=RoleName.leader, unit_id=COMMITTEE)
    found = groups(world, "officer", f"/officials/write?issuer={COMMITTEE}", "signatory.person_id")
    assert list(found) == ["Lãnh đạo Ủy ban nhân dân phường Thử Nghiệm", "Phòng Văn hóa - Xã hội", "Người khác"]
    people = found["Phòng Văn hóa - Xã hội"]
    assert people[0] == "Trưởng phòng Văn hóa" and set(people[1:]) == {"An Văn Ái, Chuyên viên", "Chuyên viên Văn hóa"}


def test_authority_is_given_to_those_who_lead_with_oneself_first_and_never_to_oneself(world: World) -> None:
    found = groups(world, "leader", "/signing-delegations", "to_id")
    assert found["Lãnh đạo Hội đồng nhân dân phường Thử Nghiệm"] == ["Chủ tọa Kỳ họp"]
    assert "Lãnh đạo Thường trực" not in {each for people in found.values() for each in people}


def looked_for(world: World, login: str, path: str, **asked: str) -> list[str]:
    world.settle()
    answer = world.client(login).get(path, params=asked)
    assert answer.is_success, answer.text
    return [unescape(each) for each in FOUND.findall(answer.text)]


def test_of_many_a_page_holds_the_likely_ones_and_the_others_are_looked_for(world: World) -> None:
    for number in range(40):
        hired(world, f"staff{number}", f"Lê Thị Nhân Viên {number}", "Chuyên viên", CULTURE)
    world.execute(RegisterPerson, person_id=ids("late"), full_name="Đỗ Đức Ẩn", position="", unit_id=CULTURE)
    clerk, meeting = world.client("clerk"), published(world)
    item = with_item(world, meeting, "Đầu tư công", presenter_id=world.person("staff7"))
    page = clerk.get(f"/meetings/{meeting}").text
    assert page.count("Nhân Viên") == 1 and "Chủ tọa Kỳ họp</option>" in page
    chosen = clerk.get(f"/meetings/{meeting}/agenda/{item}/_edit").text
    assert chosen.count("Nhân Viên") == 1 and " selected>Lê Thị Nhân Viên 7, Chuyên viên</option>" in chosen
    assert looked_for(world, "clerk", "/people/_found", q="do DUC") == ["Đỗ Đức Ẩn, Phòng Văn hóa - Xã hội"]
    assert looked_for(world, "clerk", "/people/_found", q="do duc", accounts="true") == []
    assert len(looked_for(world, "clerk", "/people/_found", q="chuyen xa hoi le")) == 30
    assert looked_for(world, "clerk", "/people/_found", q=" ") == []
    alone = looked_for(world, "leader", "/people/_found", q="lanh dao", without=world.person("leader"))
    assert alone == []


def test_guests_are_looked_for_by_whoever_may_invite_them(world: World) -> None:
    meeting = published(world)
    path = f"/meetings/{meeting}/_guests"
    assert looked_for(world, "clerk", path, q="khach") == ["Khách mời Mặt trận, Ủy ban nhân dân phường Thử Nghiệm"]
    assert looked_for(world, "chair", path, q="dai bieu") == []
    world.client("clerk").ok("POST", f"/meetings/{meeting}/invitees", {"person_ids": [world.person("guest")]})
    assert looked_for(world, "clerk", path, q="khach") == []
    assert world.client("ana").get(path, params={"q": "khach"}).status_code == 403
    assert world.client("outsider").get(path, params={"q": "khach"}).status_code == 404
    assert world.anonymous().get("/people/_found", params={"q": "khach"}).status_code == 401
