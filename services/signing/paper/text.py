"""The text of an official document: lines as people type them, told apart by how they begin. There is no markup.

Parts and chapters (Phần, Chương, Mục) stand centred, articles (Điều) in bold after an indent, clauses and points as
paragraphs (Decree 30/2020, Annex I, part II.6.d).
"""

import re

from kernel.paper.blocks import Block, paragraph, section, title

DIVISION = re.compile(r"(Phần|Chương|Mục|Tiểu mục) (thứ )?\S+$", re.IGNORECASE)
ARTICLE = re.compile(r"(Điều \d+[a-zđ]?\.)\s*(.*)")
ROMAN = re.compile(r"[IVXLC]+\. \S")
LONGEST_TITLE = 200


def body_blocks(text: str) -> list[Block]:
    lines = [line for each in text.splitlines() if (line := " ".join(each.split()))]
    blocks: list[Block] = []
    while lines:
        line = lines.pop(0)
        if DIVISION.match(line):
            blocks.append(section([line, *([division_title(line, lines.pop(0))] if _titled(lines) else [])]))
        elif ROMAN.match(line) and len(line) <= LONGEST_TITLE:
            blocks.append(title(line))
        elif found := ARTICLE.match(line):
            blocks.append(article(found[1], found[2]))
        else:
            blocks.append(paragraph(line))
    return blocks


def division_title(division: str, words: str) -> str:
    """Titles of parts and chapters are in capitals, those of sections are not."""
    return words if division.lower().startswith(("mục", "tiểu mục")) else words.upper()


def article(number: str, words: str) -> Block:
    """With a title on its line, or with its words at once: a title has no full stop."""
    if words.endswith((".", ";", ":", "/")) or len(words) > LONGEST_TITLE:
        return paragraph(words, number)
    return title(f"{number} {words}".strip())


def _titled(lines: list[str]) -> bool:
    return bool(lines) and not any(each.match(lines[0]) for each in (DIVISION, ARTICLE, ROMAN))
