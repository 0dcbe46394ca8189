"""Finding the known words of a clause in one pass, and the combinations of words that speak for something."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

GAP = 6  # signs that `*` in a word may stand for


class Hit(NamedTuple):
    """A word found: where it starts, what it is, the bits of the concepts it stands for."""

    start: int
    word: str
    bits: int


class Combination(NamedTuple):
    """Concepts that must all stand together (`need`), at least none of which is forbidden (`forbid`)."""

    need: int
    forbid: int
    weight: float
    owner: int


@dataclass(slots=True)
class Lexicon:
    """All concepts and their words. Concept number n is bit `1 << n`.

    `singles` and `pairs` find words by their first one or two signs; `gapped` by the first sign of words with `*`.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    singles: dict[str, int] = field(default_factory=dict)
    pairs: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    gapped: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, int] = field(default_factory=dict)
    mute: int = 0

    def bit(self, concept: str) -> int:
        return 1 << self.numbers.setdefault(concept, len(self.numbers))

    def learn(self, word: str, bit: int) -> None:
        self.words[word] = self.words.get(word, 0) | bit

    def settle(self) -> None:
        """Build the tables once every word is learnt; longer words first."""
        for word, bits in sorted(self.words.items(), key=lambda item: -len(item[0])):
            if "*" in word:
                self.gapped[word[0]].append((tuple(word.split("*")), bits))
            elif len(word) == 1:
                self.singles[word] = bits
            else:
                self.pairs[word[:2]].append((word, bits))

    def scan(self, clause: str) -> list[Hit]:
        """Every known word of `clause`; inside a muting word only that word counts."""
        hits: list[Hit] = []
        muted = 0
        pairs, singles, gapped, mute = self.pairs.get, self.singles.get, self.gapped.get, self.mute
        for start, sign in enumerate(clause):
            for word, bits in pairs(clause[start : start + 2], ()):
                if clause.startswith(word, start) and start + len(word) > muted:
                    hits.append(Hit(start, word, bits))
                    if bits & mute:
                        muted = start + len(word)
                        break
            if start < muted:
                continue
            if bits := singles(sign, 0):
                hits.append(Hit(start, sign, bits))
            for pieces, bits in gapped(sign, ()):
                if found := _stretch(clause, start, pieces):
                    hits.append(Hit(start, found, bits))
                    if bits & mute:
                        muted = max(muted, start + len(found))
        return hits


def _stretch(clause: str, start: int, pieces: tuple[str, ...]) -> str:
    """The text of a word with gaps that begins at `start`, or nothing."""
    if not clause.startswith(pieces[0], start):
        return ""
    end = start + len(pieces[0])
    for piece in pieces[1:]:
        at = clause.find(piece, end, end + GAP + len(piece))
        if at < 0:
            return ""
        end = at + len(piece)
    return clause[start:end]


@cache
def data(name: str) -> dict[str, Any]:
    """A table of `council/rules/data/`."""
    return tomllib.loads((files("council.rules") / "data" / f"{name}.toml").read_text("utf-8"))


def known(lexicon: Lexicon) -> None:
    """Teach the lexicon the concepts of words.toml."""
    for group, concepts in data("words").items():
        for concept, words in concepts.items():
            bit = lexicon.bit(concept)
            if group in {"mute", "figures"}:
                lexicon.mute |= bit
            for word in words.split():
                lexicon.learn(word, bit)


def _token(lexicon: Lexicon, token: str) -> int:
    """The bit of a concept name, or of words parted by `|` given on the spot."""
    if token in lexicon.numbers and token.isascii():
        return lexicon.bit(token)
    alternatives = token.split("|")
    bit = lexicon.bit(token)
    for word in alternatives:
        if word in lexicon.numbers and word.isascii():
            for own in [own for own, bits in lexicon.words.items() if bits & lexicon.bit(word)]:
                lexicon.learn(own, bit)
        elif word:
            lexicon.learn(word, bit)
    return bit


def combination(lexicon: Lexicon, written: str, owner: int) -> Combination:
    """Read one `when` line: parts that must stand together, `!` forbidden, `=n` the weight."""
    need = forbid = 0
    weight = 2.0
    for token in written.replace(",", " ").split():
        if token.startswith("="):
            weight = float(token[1:])
        elif token.startswith("!"):
            forbid |= _token(lexicon, token[1:])
        else:
            need |= _token(lexicon, token)
    return Combination(need, forbid, weight, owner)


@dataclass(frozen=True, slots=True)
class Table:
    """Combinations by their anchor, the concept of theirs that is said least often."""

    anchors: int
    rows: dict[int, list[Combination]]

    def holding(self, mask: int) -> list[Combination]:
        """The combinations that hold in `mask`."""
        held: list[Combination] = []
        rows, left = self.rows, mask & self.anchors
        while left:
            low = left & -left
            left ^= low
            for one in rows[low]:
                need, forbid, _, _ = one
                if mask & need == need and not mask & forbid:
                    held.append(one)
        return held


def _loudness(lexicon: Lexicon) -> dict[int, float]:
    """How often each concept is likely to be said: short words are said most."""
    said: dict[int, float] = defaultdict(float)
    for word, bits in lexicon.words.items():
        often = 0.1 ** (len(word) - 1)
        while bits:
            low = bits & -bits
            bits ^= low
            said[low] += often
    return said


def anchored(lexicon: Lexicon, combinations: list[Combination]) -> Table:
    """The table of combinations."""
    rows: dict[int, list[Combination]] = defaultdict(list)
    said = _loudness(lexicon)
    for one in combinations:
        bits = [1 << n for n in range(one.need.bit_length()) if one.need >> n & 1]
        if bits:
            rows[min(bits, key=lambda bit: said[bit])].append(one)
    anchors = 0
    for anchor in rows:
        anchors |= anchor
    return Table(anchors, dict(rows))
