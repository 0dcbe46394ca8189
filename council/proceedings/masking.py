"""What is taken out of words before they are kept: card and telephone numbers, and the full names of people of the place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from council.db import slots, sql
from council.proceedings.consultations import Consultation
from council.rules.privacy import redact

RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+(?:·[\u3400-\u9fff\U00020000-\U0003ffff]+)*")
SHORTEST, USUAL, LONGEST = 3, 4, 15  # signs of a name: of two signs too many are words, names with a dot are long
AT_ONCE = 800  # names asked for in one statement


async def masked(consultation: Consultation, words: str) -> str:
    """What is kept of a text: no card number, no telephone, and nobody of the place by full name."""
    return (await masked_all(consultation, [words]))[0]


async def masked_all(consultation: Consultation, texts: Sequence[str]) -> list[str]:
    """The same of many texts, in their order, with hardly more statements than for one."""
    top = "/".join(consultation.path.split("/")[:2]) + "/"
    found = sorted({one for words in texts for one in _candidates(words)})
    names: list[str] = []
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        rows = await sql(
            f"SELECT DISTINCT p.name AS name FROM person p JOIN place l ON l.id = p.place_id WHERE p.name IN {slots(1, len(some))} "  # noqa: S608
            "AND l.path LIKE ?", *some, f"{top}%",
        )  # fmt: skip
        names += [row["name"] for row in rows]
    return [redact(words.strip(), [name for name in names if name in words]) for words in texts]


def _candidates(words: str) -> set[str]:
    """Everything in a text that is as long as a name: looked up one by one, so that a town of a hundred thousand costs what a street does."""
    out: set[str] = set()
    for run in RUNS.findall(words):
        most = LONGEST if "·" in run else USUAL
        out |= {run[at : at + size] for at in range(len(run)) for size in range(SHORTEST, most + 1) if at + size <= len(run)}
    return out
