"""Which texts are much alike: suggested to a person with the reason, never joined by a machine.

A text is taken as the set of its three-sign runs (trigrams) after punctuation, spaces and width are made one; two texts are as alike as the
share of runs they have in common (Jaccard, exact fractions). Method and bound are shown with every suggestion.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

RUN = 3
ALIKE = Fraction(2, 5)  # ours: below this, two short Chinese sentences seldom mean the same
MOST = 200  # suggestions
COMMON = 300  # a run that stands in more texts than this tells nothing apart


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by key, how alike they are, and the longest stretch both contain, for a person to see why."""

    first: int
    second: int
    share: Fraction
    common: str

    @property
    def percent(self) -> int:
        return int(self.share * 100)


def plain(text: str) -> str:
    """Letters, digits and signs of writing only, in one width and case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())


def runs(text: str) -> frozenset[str]:
    """The runs of three signs; of a shorter text the whole of it."""
    bare = plain(text)
    return frozenset(bare[n : n + RUN] for n in range(len(bare) - RUN + 1)) or frozenset({bare} if bare else ())


def likeness(first: str, second: str) -> Fraction:
    a, b = runs(first), runs(second)
    return Fraction(len(a & b), len(a | b)) if a | b else Fraction(0)


def alike(texts: Mapping[int, str], bound: Fraction = ALIKE) -> list[Pair]:
    """Pairs at least as alike as the bound, the most alike first. Only texts that share a telling run are compared at all."""
    sets = {key: runs(text) for key, text in texts.items()}
    places: dict[str, list[int]] = {}
    for key in sorted(sets):
        for run in sets[key]:
            places.setdefault(run, []).append(key)
    shared: Counter[tuple[int, int]] = Counter()
    for keys in places.values():
        if 1 < len(keys) <= COMMON:
            shared.update((a, b) for n, a in enumerate(keys) for b in keys[n + 1 :])
    found = []
    for (a, b), number in shared.items():
        share = Fraction(number, len(sets[a]) + len(sets[b]) - number)
        if share >= bound:
            found.append((share, a, b))
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [Pair(a, b, share, stretch(texts[a], texts[b])) for share, a, b in found[:MOST]]


def stretch(first: str, second: str) -> str:
    """The longest run of signs that both texts contain."""
    a, b = plain(first), plain(second)
    best, end, above = 0, 0, [0] * (len(b) + 1)
    for i, sign in enumerate(a, 1):
        row = [0] * (len(b) + 1)
        for j, other in enumerate(b, 1):
            if sign == other:
                row[j] = above[j - 1] + 1
                if row[j] > best:
                    best, end = row[j], i
        above = row
    return a[end - best : end]
