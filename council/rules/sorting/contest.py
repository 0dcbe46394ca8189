"""The contest: which ruling, row or test speaks most strongly for what the writer wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from council.rules.affairs import Affair
from council.rules.sorting.lexicon import Combination, Lexicon, anchored, combination, data, known, present
from council.rules.sorting.reading import Reader, Reading, Sentence

AFFAIRS = {"O": Affair.OFFICIAL, "C": Affair.COLLABORATIVE, "H": Affair.HOUSEHOLD}
PRECEDENCE = {"ruling": 1.5, "row": 1.0, "test": 0.55}
NEIGHBOURING = 0.5  # a combination spread over two sentences
COMPANY = 0.25  # what the other entries of the same affair add


@dataclass(frozen=True, slots=True)
class Entry:
    """One ruling, row or test of the data, and what it says."""

    by: str
    name: str
    affair: Affair | None
    second: Affair | None
    test: str
    flags: tuple[str, ...]
    zh: str
    en: str


@dataclass(slots=True)
class Claim:
    """What speaks for an entry in this report: one strength per sentence, and the words."""

    entry: Entry
    strengths: list[float] = field(default_factory=list)
    words: dict[str, None] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The strongest sentence counts whole, each further one less: telling it twice is not twice as true."""
        ordered = sorted(self.strengths, reverse=True)
        return PRECEDENCE[self.entry.by] * sum(value / (1 + 1.2 * n) for n, value in enumerate(ordered))


@dataclass(frozen=True, slots=True)
class Book:
    """The data, read once."""

    lexicon: Lexicon
    reader: Reader
    entries: tuple[Entry, ...]
    table: dict[int, list[Combination]]


def _entry(by: str, written: dict[str, Any]) -> Entry:
    name = str(written.get("n", written.get("id", written.get("test", ""))))
    return Entry(
        by, name, AFFAIRS.get(written["class"]), AFFAIRS.get(written.get("second", "")), written.get("test", ""),
        tuple(written.get("flags", ())), written["zh"], written["en"],
    )


@cache
def book() -> Book:
    """Read words, rulings, rows and tests into one lexicon and one table of combinations."""
    lexicon = Lexicon()
    known(lexicon)
    entries: list[Entry] = []
    combinations: list[Combination] = []
    for by, file, key in (("ruling", "rulings", "ruling"), ("row", "rows", "row"), ("test", "trials", "trial")):
        for written in data(file)[key]:
            combinations += [combination(lexicon, line, len(entries)) for line in written["when"]]
            entries.append(_entry(by, written))
    lexicon.settle()
    return Book(lexicon, Reader(lexicon), tuple(entries), anchored(combinations))


def fired(mask: int) -> dict[int, Combination]:
    """The strongest combination of each entry that holds in `mask`."""
    best: dict[int, Combination] = {}
    table = book().table
    for number in present(mask):
        for one in table.get(number, ()):
            if mask & one.need == one.need and not mask & one.forbid:
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
