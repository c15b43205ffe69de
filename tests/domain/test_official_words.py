"""What an official document says in fixed words, and how lines of text become parts of a paper."""

import pytest

from kernel.paper.blocks import paragraph, section, title
from services.signing.messages.official import Competence, Kind, ReceivedFor, Recipient, Signatory
from services.signing.paper import words
from services.signing.paper.text import body_blocks
from tests.stamps import ids

BODY = "Ủy ban nhân dân phường Xuân Phú"
HEADED = f"CHỦ TỊCH {BODY.upper()}"


def signatory(competence: Competence, position: str, head: str = "") -> Signatory:
    return Signatory(person_id=ids("chair"), competence=competence, position=position, head=head)


@pytest.mark.parametrize(
    ("competence", "position", "head", "collective", "lines", "authority"),
    [
        ("own", "Chủ tịch", "", "", ["CHỦ TỊCH"], HEADED),
        ("acting", "Chủ tịch", "", "", ["Q. CHỦ TỊCH"], HEADED),
        ("on_behalf", "Chủ tịch", "Ủy ban nhân dân", "", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], BODY.upper()),
        ("deputy", "Phó Chủ tịch", "Chủ tịch", "", ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], HEADED),
        ("by_order", "Chánh Văn phòng", "Chủ tịch", "", ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"], HEADED),
        ("by_authorisation", "Trưởng phòng", "Chủ tịch", "", ["TUQ. CHỦ TỊCH", "TRƯỞNG PHÒNG"], HEADED),
        (
            *("deputy", "Phó Chủ tịch", "Chủ tịch", "Ủy ban nhân dân"),
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            BODY.upper(),
        ),
    ],
)  # fmt: skip
def test_by_what_right_is_signed_stands_above_the_signature(competence, position, head, collective, lines, authority):
    signs = signatory(Competence(competence), position, head)
    assert words.signature_lines(signs, collective) == lines
    assert words.authority(signs, collective, BODY) == authority


def test_recipients_stand_with_their_purpose_and_the_record_office_last():
    recipients = [
        Recipient(name="Phòng Kế hoạch", received_for=ReceivedFor.file),
        Recipient(name="Sở Nội vụ", received_for=ReceivedFor.report),
        Recipient(name="Báo Nhân Dân", received_for=ReceivedFor.information),
        Recipient(name="Như Điều 3"),
    ]
    named = ["Sở Nội vụ (để b/c)", "Báo Nhân Dân (để biết)", "Như Điều 3"]
    assert words.recipient_lines(recipients, False, "VP") == [*named, "Lưu: VT, Phòng Kế hoạch, VP"]
    assert words.recipient_lines([], True, "") == ["Như trên", "Lưu: VT"]


def test_every_ground_ends_in_a_semicolon_and_the_last_in_a_full_stop():
    assert words.bases(["Căn cứ A", "Căn cứ B;", "Xét C;"]) == ["Căn cứ A;", "Căn cứ B;", "Xét C."]


@pytest.mark.parametrize("text", ["Hết", "Hết.", "Hết. ", "Hết./."])
def test_the_last_words_end_in_a_full_stop_and_a_stroke(text):
    assert words.ended(text) == "Hết./."


@pytest.mark.parametrize("summary", ["báo cáo", "V/v báo cáo", "Về việc báo cáo", "Về báo cáo"])
def test_a_letter_says_what_it_is_about_once(summary):
    assert words.about(summary) == "V/v báo cáo"


def test_all_29_types_have_their_name():
    assert set(words.TYPES) == set(Kind)
    assert len(words.TYPES) == 29


def test_lines_are_told_apart_by_how_they_begin():
    text = """Chương I
    Quy định chung

    Điều 1. Phạm vi điều chỉnh
    1. Khoản một.
    Điều 2. Nghị quyết có hiệu lực.
    Mục 2
    Tổ chức thực hiện
    Điều 3. Trách nhiệm
    II. NỘI DUNG
    Điều kiện chung."""
    assert body_blocks(text) == [
        section(["Chương I", "QUY ĐỊNH CHUNG"]),
        title("Điều 1. Phạm vi điều chỉnh"),
        paragraph("1. Khoản một."),
        paragraph("Nghị quyết có hiệu lực.", "Điều 2."),
        section(["Mục 2", "Tổ chức thực hiện"]),
        title("Điều 3. Trách nhiệm"),
        title("II. NỘI DUNG"),
        paragraph("Điều kiện chung."),
    ]


def test_a_division_without_a_title_and_an_empty_text_are_set_all_the_same():
    assert body_blocks("Phần thứ nhất\nĐiều 1. Ban hành.") == [
        section(["Phần thứ nhất"]),
        paragraph("Ban hành.", "Điều 1."),
    ]
    assert body_blocks(" \n \n") == []
