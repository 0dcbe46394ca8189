"""What is asked point by point, and what stands of an answer to it, shown to whoever gave it."""

from __future__ import annotations

from typing import Any

from council.i18n import Phrase
from council.proceedings import contributions, wordings
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import STANCES, Contribution


async def parts(consultation: Consultation) -> list[dict[str, Any]]:
    """What is asked about besides the whole: clauses, options or wishes."""
    if consultation.form != "draft":
        return consultation.parts
    found = await wordings.versions(consultation)
    return [{"key": str(n), "text": text} for n, text in enumerate(found[-1].clauses, 1)]


async def heard(consultation: Consultation, mine: Contribution | None) -> list[tuple[str, str, str]]:
    """What stands of an answer, point by point, shown to its author: what it is about, what was chosen, what was said."""
    words = await contributions.words_of(mine) if mine else {}
    chosen = {key: str(STANCES.get(one) or Phrase("place %(n)s", n=one)) for key, one in mine.choices.items()} if mine else {}
    named = {one["key"]: one["text"] for one in await parts(consultation)}
    if consultation.form == "draft":
        named = {key: str(Phrase("Clause %(n)s", n=key)) for key in named}
    keys = sorted({*words, *chosen}, key=lambda key: (not key, int(key) if key.isdigit() else 0, key))
    return [(named.get(key, ""), chosen.get(key, ""), words.get(key, "")) for key in keys]
