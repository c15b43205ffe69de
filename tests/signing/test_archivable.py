"""Every PDF that the product sets is PDF/A-2b by veraPDF, as made, and with whatever is signed into it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from audit.findings import Report
from audit.paper import Audit, render_audit
from gateway.typefaces import FONTS
from services.meeting.messages import MinutesSection
from services.meeting.paper.minutes import Sections, render_minutes
from services.signing.messages import Act, Level
from services.signing.messages.official import Kind
from services.signing.numbering import symbol_of
from services.signing.pdf import AgencySeal, CopyMark, Handwriting, LaterField, Trust, blanks, seal_place
from services.signing.pdf.archiving import archive
from services.signing.pdf.copying import copied
from services.signing.pdf.fields import lay_out_fields
from services.signing.pdf.making import sign
from services.signing.pdf.placing import place_of_signature
from tests.domain.test_paper import session
from tests.opinion_forms import OpinionForm
from tests.scenario.test_counting import Urn
from tests.signing.conftest import Keys
from tests.signing.java_validators import NEEDED, JavaValidators
from tests.signing.official_papers import PAPERS, SIGNER, facts, paper
from tests.signing.papers import instruction, picture
from tests.signing.test_blanks import VALUES
from tests.world import World

pytestmark = [pytest.mark.needs(NEEDED, "vendor"), pytest.mark.slow]

Archivable = Callable[[bytes], None]


@pytest.fixture
def archivable(java: JavaValidators) -> Archivable:
    def judged(pdf: bytes) -> None:
        found = java.verapdf(pdf)
        assert (found.claimed, found.broken) == ("[2b]", ())

    return judged


@pytest.mark.parametrize("kind", list(PAPERS))
def test_an_official_document_from_its_text_to_the_archive(
    kind: Kind, keys: Keys, trust: Trust, archivable: Archivable
) -> None:
    content, described = paper(kind), facts(kind)
    archivable(content)
    content = blanks.lay_out(trust, content, symbol_of(described))
    archivable(content)
    place = place_of_signature(trust, content, described.signatory.position, SIGNER)
    assert place is not None
    seal = AgencySeal(picture("red"), place)
    later = (LaterField("sign-1", place), LaterField("seal-1", seal_place(seal), last=True))
    archivable(lay_out_fields(trust, content, later))
    given = instruction(content, Level.b_t, act=Act.initial, last=False, later=later)
    content = sign(trust, content, given, *keys("software", "deputy")).content
    archivable(content)
    by_hand = Handwriting(picture(), place)
    given = instruction(content, Level.b_lta, field="sign-1", last=False, appearance=by_hand)
    content = sign(trust, content, given, *keys("software", "chair")).content
    archivable(content)
    content = blanks.fill(trust, content, VALUES)
    archivable(content)
    given = instruction(content, Level.b_t, field="seal-1", act=Act.seal, appearance=seal)
    issued = sign(trust, content, given, *keys("software", "agency")).content
    archivable(issued)
    archivable(archive(trust, archive(trust, issued)))
    copy = copied(trust, issued, ())
    archivable(copy)
    given = instruction(copy, Level.b_lt, act=Act.seal, appearance=CopyMark("SAO Y", "HĐND phường Xuân Phú"))
    archivable(sign(trust, copy, given, *keys("software", "agency")).content)


def test_minutes_of_a_session(archivable: Archivable, keys: Keys, trust: Trust) -> None:
    texts = {MinutesSection.opening: "Khai mạc lúc 8 giờ → đủ số lượng; ý kiến: 你好 ☺."}
    content = render_minutes(session(), Sections(texts, number="07"), FONTS)
    archivable(content)
    given = instruction(content, Level.b_lta)
    archivable(sign(trust, content, given, *keys("software", "chair")).content)


def test_minutes_of_a_count_of_papers(archivable: Archivable, world: World) -> None:
    urn = Urn(world)
    urn.appoints()
    urn.hall.closes(urn.poll)
    for login in ("eve", "clerk"):
        urn.enters(login)
    head = world.client("dan")
    head.ok("POST", f"/polls/{urn.poll}/counts/confirm")
    archivable(head.get(f"/api/v1/polls/{urn.poll}/count-minutes.pdf").content)


def test_the_table_of_opinions(archivable: Archivable, world: World) -> None:
    form = OpinionForm(world).announced()
    archivable(world.client("clerk").get(f"/api/v1{form.at('synthesis.pdf')}").content)


def test_the_report_of_an_audit(archivable: Archivable) -> None:
    report = Report("verify", {"size": 12})
    report.add("altered", "meeting-1 / 3", 7)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    archivable(render_audit(report, Audit("ban-xuat.tar", now, now), FONTS))
