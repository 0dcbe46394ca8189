"""The contest: which ruling, row or test speaks most strongly for what the writer wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from council.rules.affairs import Affair
from council.rules.sorting.book import Entry, book
from council.rules.sorting.lexicon import Combination
from council.rules.sorting.reading import Reading, Sentence

PRECEDENCE = {"ruling": 1.5, "row": 1.0, "test": 0.55}
NEIGHBOURING = 0.5  # a combination spread over two sentences
COMPANY = 0.25  # what the other entries of the same affair add


@dataclass(slots=True)
class Claim:
    """What speaks for an entry in this report: one strength per sentence, and the words."""

    entry: Entry
    strengths: list[float] = field(default_factory=list)
    words: dict[str, None] = field(default_factory=dict)
    score: float = 0.0

    def reckon(self) -> None:
        """The strongest sentence counts whole, each further one less: telling it twice is not twice as true."""
        ordered = sorted(self.strengths, reverse=True)
        self.score = PRECEDENCE[self.entry.by] * sum(value / (1 + 1.2 * n) for n, value in enumerate(ordered))


def fired(mask: int) -> dict[int, Combination]:
    """The strongest combination of each entry that holds in `mask`."""
    best: dict[int, Combination] = {}
    for one in book().table.holding(mask):
        held = best.get(one.owner)
        if held is None or one.weight > held.weight:
            best[one.owner] = one
    return best


def _spoken(sentences: Iterable[Sentence], need: int) -> list[str]:
    """The words of the sentences that stand for the concepts needed, in order."""
    return [hit.word for s in sentences for clause in s.clauses for hit in clause.hits if hit.bits & need]


def claims(parts: list[Sentence]) -> list[Claim]:
    """Every entry that some sentence, or two neighbouring ones, speak for."""
    found: dict[int, Claim] = {}
    each = [fired(part.mask) for part in parts]
    for number, part in enumerate(parts):
        for owner, one in each[number].items():
            _add(found, owner, one.weight * part.weight, _spoken((part,), one.need))
    for number in range(1, len(parts)):
        before, here = parts[number - 1], parts[number]
        for owner, one in fired(before.mask | here.mask).items():
            if owner not in each[number - 1] and owner not in each[number]:
                weight = NEIGHBOURING * one.weight * min(before.weight, here.weight)
                _add(found, owner, weight, _spoken((before, here), one.need))
    for claim in found.values():
        claim.reckon()
    return list(found.values())


def _add(found: dict[int, Claim], owner: int, strength: float, words: list[str]) -> None:
    claim = found.get(owner)
    if claim is None:
        claim = found[owner] = Claim(book().entries[owner])
    claim.strengths.append(strength)
    claim.words.update(dict.fromkeys(words))


def standing(heard: list[Claim]) -> dict[Affair, float]:
    """How strongly each affair is spoken for: its best entry, and a quarter of the company it keeps."""
    result: dict[Affair, float] = {}
    for affair in Affair:
        scores = sorted((c.score for c in heard if c.entry.affair is affair), reverse=True)
        if scores:
            result[affair] = scores[0] + COMPANY * sum(scores[1:])
    return result


def strongest(heard: list[Claim], affair: Affair | None = None, by: str = "") -> Claim | None:
    """The best claim, of one affair or kind if given."""
    eligible = [c for c in heard if (affair is None or c.entry.affair is affair) and (not by or c.entry.by == by)]
    return max(eligible, key=lambda c: c.score, default=None)


def read(text: str, title: str = "") -> Reading:
    return book().reader.read(text, title)
