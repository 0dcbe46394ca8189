"""What partners build together: the categories of an agreement, their clauses and the skeleton of the text.

The skeleton follows the agreements of community Party committees with the units of their area; it is data,
kept beside this module in `data/agreement.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from council.i18n import Phrase
from council.refusals import Refusal

CATEGORIES: dict[str, Phrase] = {
    "JOINT_ACTIVITIES": Phrase("Joint activities"),
    "MUTUAL_SERVICE": Phrase("Mutual service"),
    "SHARED_VENUES": Phrase("Shared venues"),
    "JOINT_EMERGENCY": Phrase("Joint emergency response"),
    "ORGANISATION": Phrase("Organisational co-building"),
    "OTHER": Phrase("Other co-building"),
}
FEWEST, MOST = 2, 30
ORDINALS = "一二三四五六七八九十"
BLANKS = frozenset({"first_day", "last_day", "contents", "street", "copies", "month"})


@dataclass(frozen=True)
class Clause:
    """One article without its number; the paragraphs of its body are separated by line breaks."""

    heading: str
    body: str


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("council.rules") / "data" / "agreement.toml").read_text("utf-8"))


def title() -> str:
    """What an agreement is called unless its parties call it otherwise."""
    return str(_data()["title"])


def preamble() -> str:
    return str(_data()["preamble"])


def contents(codes: Iterable[str]) -> str:
    """The paragraphs of the article on contents, numbered （一）, （二）…, in the order of the skeleton."""
    wanted = set(codes)
    if wanted - set(CATEGORIES):
        raise Refusal("Choose one of the answers shown.", field="contents")
    chosen = [text for code, text in _data()["contents"].items() if code in wanted]
    return "\n".join(f"（{ORDINALS[n]}）{text}" for n, text in enumerate(chosen))


def library() -> Mapping[str, tuple[Clause, ...]]:
    """Ready articles to choose from, by category; their fields in 〔〕 are filled like those of a template."""
    return {code: tuple(Clause(each["heading"], each["body"]) for each in _data()["library"][code]) for code in CATEGORIES}


def skeleton(blanks: Mapping[str, str]) -> tuple[Clause, ...]:
    """The articles of an agreement with every blank filled. `blanks` names all of BLANKS."""
    if missing := BLANKS - set(blanks):
        raise KeyError(f"blanks left open: {sorted(missing)}")
    return tuple(Clause(each["heading"], each["body"].format_map(blanks)) for each in _data()["clauses"])


def mediation(part: str) -> str:
    """The title or the preamble of a mediation agreement: neither names anybody."""
    return str(_mediation()[part])


@cache
def _mediation() -> Mapping[str, Any]:
    return tomllib.loads((files("council.rules") / "data" / "mediation.toml").read_text("utf-8"))


def mediation_clauses(dispute: str, terms: str) -> list[dict[str, str]]:
    """The articles of a mediation agreement around what was in dispute and what was settled."""
    known = {"〔纠纷〕": dispute.replace("\r", "").strip(), "〔约定〕": terms.replace("\r", "").strip()}
    return [{"heading": each["heading"], "body": known.get(each["body"], each["body"])} for each in _mediation()["clauses"]]


def check_number(signatories: int) -> None:
    """An agreement has from two to thirty signatories."""
    if not FEWEST <= signatories <= MOST:
        raise Refusal(
            "An agreement has from %(fewest)s to %(most)s signatories.",
            fewest=FEWEST, most=MOST, field="organisations",
        )  # fmt: skip


def side(order: int) -> str:
    """How a signatory is called in the text: 甲方 for the community's own committee, then 乙方一, 乙方二 …"""
    if order == 0:
        return "甲方"
    tens, ones = divmod(order, 10)
    word = ("" if tens == 0 else "十" if tens == 1 else ORDINALS[tens - 1] + "十") + (ORDINALS[ones - 1] if ones else "")
    return f"乙方{word}"
