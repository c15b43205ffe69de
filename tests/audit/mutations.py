"""Proofs, notes and receipts, changed a little: what a forger would try first."""

import base64
import re
from random import Random

ALPHABET = "0123456789ABCDEFabcdef+/= \n—x"


def changed_text(text: str, random: Random) -> str:
    """One to three changes: a letter, a line, a number, a bit of a hash or signature."""
    for _ in range(random.randint(1, 3)):
        text = random.choice((letter, line, number, bit, piece))(text, random)
    return text


def letter(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice((random.choice(ALPHABET), "")) + text[at + random.randint(0, 1) :]


def line(text: str, random: Random) -> str:
    """Lost, twice, or in another place."""
    lines = text.split("\n")
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case _:
            lines[at], lines[to] = lines[to], lines[at]
    return "\n".join(lines)


def number(text: str, random: Random) -> str:
    found = list(re.finditer(r"(?<![\w+/=])\d+(?![\w+/=])", text))
    if not found:
        return text
    each = random.choice(found)
    other = str(max(0, int(each[0]) + random.choice((-1, 1, 16, 1 << 63))))
    return text[: each.start()] + random.choice(("", "", "0")) + other + text[each.end() :]


def bit(text: str, random: Random) -> str:
    """Inside a hash or signature, in its proper spelling."""
    found = list(re.finditer(r"(?<=[ \n])[A-Za-z0-9+/]{43,}={0,2}(?=\n)", text))
    if not found:
        return text
    each = random.choice(found)
    try:
        held = bytearray(base64.b64decode(each[0]))
    except ValueError:
        return text
    held[random.randrange(len(held))] ^= 1 << random.randrange(8)
    return text[: each.start()] + base64.b64encode(held).decode() + text[each.end() :]


def piece(text: str, random: Random) -> str:
    at, to = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
    return text[:at] + text[to:] if random.random() < 0.5 else text[:to] + text[at:]


def changed_hashes(proof: list[bytes], random: Random) -> list[bytes]:
    changed = list(proof)
    match random.randrange(5):
        case 0 if changed:
            changed.pop(random.randrange(len(changed)))
        case 1:
            changed.insert(random.randint(0, len(changed)), random.randbytes(32))
        case 2 if changed:
            at = random.randrange(len(changed))
            held = bytearray(changed[at])
            held[random.randrange(32)] ^= 1 << random.randrange(8)
            changed[at] = bytes(held)
        case 3:
            random.shuffle(changed)
    return changed
