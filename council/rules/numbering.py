"""Numbers and codes people read aloud, copy from paper and type on a phone."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence

from council.refusals import Refusal

# Thirty signs: none of 0 O, 1 I L, or U, which reads as V by hand.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
QUERY_LENGTH, PERSONAL_LENGTH, ROOM_LENGTH = 12, 8, 6
PAIRS = [one + two for one in SIGNS for two in SIGNS]
STEPS = [len(PAIRS) ** n for n in range(6)]

Choose = Callable[[Sequence[str]], str]


def query_code(choose: Choose = secrets.choice) -> str:
    """The key of a matter for whoever has no account: 12 signs, about 59 bits."""
    return "".join(choose(SIGNS) for _ in range(QUERY_LENGTH))


def personal_code(choose: Choose = secrets.choice) -> str:
    """A printed slip's code: 8 signs, about 39 bits, enough only together with a limit on tries."""
    return "".join(choose(SIGNS) for _ in range(PERSONAL_LENGTH))


def receipt() -> str:
    """What a voter keeps of a vote: 12 signs, about 59 bits, so that of a million votes no two are alike. Two signs at a time: votes come quickly."""
    drawn = secrets.randbelow(len(PAIRS) ** 6)
    return "".join([PAIRS[drawn // step % len(PAIRS)] for step in STEPS])


def room_number(choose: Choose = secrets.choice) -> str:
    """Six digits for the wall; it opens an unconfirmed seat and nothing else, so it need not be secret."""
    return choose("123456789") + "".join(choose("0123456789") for _ in range(ROOM_LENGTH - 1))


def show_code(code: str) -> str:
    """In groups of four: ABCD-EFGH-JKMN."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def show_room(number: str) -> str:
    """In groups of three: 482 913."""
    return f"{number[:3]} {number[3:]}"


def read_code(typed: str, length: int = QUERY_LENGTH) -> str:
    """The code meant by what somebody typed: small letters, full-width signs, spaces and dashes forgiven.

    Raises Refusal (field "code") when it cannot be a code of `length` signs.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(sign for sign in plain if sign.isalnum())
    if len(code) != length or set(code) - set(SIGNS):
        raise Refusal(
            "A code has %(length)s signs, letters and digits; 0, 1, I, L, O and U do not occur in it.",
            field="code",
            length=length,
        )
    return code


def floor_of(room: str) -> int:
    """The floor a room number stands for: 402 is on 4, 1203 on 12; 0 where it does not say."""
    digits = "".join(sign for sign in room if sign.isascii() and sign.isdigit())
    return int(digits[:-2]) if 3 <= len(digits) <= 4 else 0


ADDRESS = re.compile(r"(?P<building>\d+\s*(?:号楼|栋|幢|座|号))\s*(?P<unit>\d+\s*单元)?\s*-?\s*(?P<room>\d{3,4})(?!\d)")


def address_of(text: str) -> tuple[str, str, str]:
    """Building, unit and room of the first home that stands in `text`: 3号楼2单元402 王秀兰. Three empty words where there is none."""
    found = ADDRESS.search(text)
    return (found["building"], found["unit"] or "", found["room"]) if found else ("", "", "")


def agreement_number(year: int, serial: int) -> str:
    """共建〔2026〕第001号: unique within a community and year; gaps are allowed."""
    return f"共建〔{year:04d}〕第{serial:03d}号"


def supplement_number(first: str, serial: int) -> str:
    """共建〔2026〕第001号补1: it names the agreement it belongs to."""
    return f"{first}补{serial}"


def mediation_number(year: int, serial: int) -> str:
    """人调〔2026〕第001号: counted apart, so that the numbers of agreements tell nothing of how many neighbours were at odds."""
    return f"人调〔{year:04d}〕第{serial:03d}号"
