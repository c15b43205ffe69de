"""An official document on paper: its facts, its words, and room for what comes later (number, day, signature, seal)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kernel.paper.blocks import Block, paragraph
from kernel.paper.typesetting import typeset
from services.signing.messages.official import Described, Kind
from services.signing.numbering import symbol_of
from services.signing.paper import words
from services.signing.paper.text import body_blocks

Paper = dict[str, Any]
TEMPLATES = Path(__file__).parent / "templates"
OWN: Mapping[Kind, str] = {
    Kind.resolution: "resolution.typ",
    Kind.decision: "decision.typ",
    Kind.official_letter: "official_letter.typ",
    Kind.notice: "notice.typ",
    Kind.invitation: "invitation.typ",
    Kind.minutes: "minutes.typ",
    Kind.submission: "submission.typ",
}
GENERIC = "generic.typ"
RECIPIENTS_BOUND, ENDING_BOUND = 12, 900
"""So many lines and characters at most are kept on one page with the signature; longer ones flow."""


@dataclass(frozen=True)
class Issuer:
    """`above`, `name`: the lines of cell 2, in capitals; `seat`: the place that stands before the day."""

    full_name: str
    above: Sequence[str]
    name: Sequence[str]
    seat: str


@dataclass(frozen=True)
class Written:
    """What people write beside the facts of the draft.

    `addressees`: after "Kính gửi", or whom an invitation invites. `bases`: the grounds (căn cứ). `collective`: the
    body in whose name a deputy signs. `authority`: who resolves or decides, where it does not follow from who signs,
    each line by itself. `minute_taker`: who signs minutes beside the signatory. `drafter`: among those who keep it.
    """

    text: str
    addressees: Sequence[str] = ()
    bases: Sequence[str] = ()
    collective: str = ""
    authority: str = ""
    minute_taker: str = ""
    drafter: str = ""


def render_official(
    described: Described, written: Written, issuer: Issuer, signer: str, on: date, fonts: Path
) -> bytes:
    """The PDF/A; the same facts and font files give the same bytes.

    `signer`: the full name; `on`: the day of writing, whose year is printed; `fonts`: folder of the Tinos TTFs.
    """
    template = TEMPLATES / OWN.get(described.kind, GENERIC)
    return typeset(template, official_paper(described, written, issuer, signer, on), fonts)


def official_paper(described: Described, written: Written, issuer: Issuer, signer: str, on: date) -> Paper:
    """Everything that is printed, as plain data."""
    blocks, ending = _with_ending(body_blocks(written.text))
    addressed = bool(written.addressees) and described.kind in words.ADDRESSED
    recipients = words.recipient_lines(described.recipients, addressed, written.drafter)
    return {
        "title": f"{words.TYPES[described.kind].capitalize()} {described.summary}",
        "written_on": [on.year, on.month, on.day],
        "issuer": {"full_name": issuer.full_name, "above": list(issuer.above), "name": list(issuer.name)},
        "symbol": symbol_of(described),
        "seat": issuer.seat,
        "urgency": words.URGENCIES[described.urgency],
        "type": words.TYPES[described.kind],
        "summary": described.summary,
        "about": words.about(described.summary),
        "authority": _authority(described, written, issuer),
        "bases": words.bases(written.bases),
        "addressees": [each.strip().rstrip(words.ENDS) for each in written.addressees],
        "blocks": blocks,
        "ending": ending,
        "signer": {"lines": words.signature_lines(described.signatory, written.collective), "name": signer},
        "minute_taker": written.minute_taker,
        "recipients": recipients,
        "bound": len(recipients) <= RECIPIENTS_BOUND,
    }


def _authority(described: Described, written: Written, issuer: Issuer) -> list[str]:
    if written.authority:
        return [line.strip() for line in written.authority.splitlines() if line.strip()]
    return [words.authority(described.signatory, written.collective, issuer.full_name)]


def _with_ending(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """The last paragraph apart, so that it stays with the signature: nobody signs a page without words."""
    if not blocks or blocks[-1]["kind"] != "paragraph":
        return blocks, []
    last = paragraph(words.ended(blocks[-1]["text"]), blocks[-1]["label"])
    if len(last["text"]) > ENDING_BOUND:
        return [*blocks[:-1], last], []
    return blocks[:-1], [last]
