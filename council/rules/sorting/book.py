"""The data read once: words, rulings, rows, tests and emergencies, in one lexicon and two tables of combinations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from council.rules.affairs import Affair
from council.rules.sorting.lexicon import Combination, Lexicon, Table, anchored, combination, data, known
from council.rules.sorting.reading import Reader

AFFAIRS = {"O": Affair.OFFICIAL, "C": Affair.COLLABORATIVE, "H": Affair.HOUSEHOLD}


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


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of emergency.

    `again`: a wrong that keeps happening counts; `always`: time does not matter; `must`: it counts only with a word of
    the present; `lasting`: what was so yesterday is believed to be so still;
    `alone`: it is believed only where no ruling or row of the table has heard a matter; `yields`: kinds that explain it;
    `wide`: its words may be spread over a whole sentence.
    """

    name: str
    numbers: tuple[str, ...]
    again: bool
    always: bool
    must: bool
    lasting: bool
    alone: bool
    wide: bool
    yields: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the sorter knows. The numbers in `table` and `alarms` count `entries` and `kinds`."""

    lexicon: Lexicon
    reader: Reader
    entries: tuple[Entry, ...]
    table: Table
    kinds: tuple[Kind, ...]
    alarms: Table


def _entry(by: str, written: dict[str, Any]) -> Entry:
    name = str(written.get("n", written.get("id", written.get("test", ""))))
    return Entry(
        by, name, AFFAIRS.get(written["class"]), AFFAIRS.get(written.get("second", "")), written.get("test", ""),
        tuple(written.get("flags", ())), written["zh"], written["en"],
    )


def _entries(lexicon: Lexicon) -> tuple[list[Entry], list[Combination]]:
    entries: list[Entry] = []
    combinations: list[Combination] = []
    for by, file, key in (("ruling", "rulings", "ruling"), ("row", "rows", "row"), ("test", "trials", "trial")):
        for written in data(file)[key]:
            combinations += [combination(lexicon, line, len(entries)) for line in written["when"]]
            entries.append(_entry(by, written))
    return entries, combinations


def _kind(written: dict[str, Any]) -> Kind:
    signs = {sign: bool(written.get(sign)) for sign in ("again", "always", "must", "lasting", "alone", "wide")}
    return Kind(
        name=written["id"], numbers=tuple(written["numbers"]), zh=written["zh"], en=written["en"],
        yields=tuple(written.get("yields", "").split()), **signs
    )


def _frames(lexicon: Lexicon, written: dict[str, Any], owner: int) -> list[Combination]:
    """The combinations of a kind: `sure` ones hold whatever else is said, `when` ones only without a calm word."""
    calm = lexicon.bit("calm " + written["id"])
    for word in written["calm"].split():
        lexicon.learn(word, calm)
    wary = [combination(lexicon, line, owner) for line in written["when"]]
    sure = [combination(lexicon, line, owner) for line in written.get("sure", ())]
    return [one._replace(forbid=one.forbid | calm) for one in wary] + sure


def _kinds(lexicon: Lexicon) -> tuple[list[Kind], list[Combination]]:
    for sign, words in data("emergencies")["signs"].items():
        bit = lexicon.bit(sign)
        for word in words.split():
            lexicon.learn(word, bit)
    kinds = [_kind(written) for written in data("emergencies")["emergency"]]
    frames = [
        frame for owner, written in enumerate(data("emergencies")["emergency"]) for frame in _frames(lexicon, written, owner)
    ]
    return kinds, frames


@cache
def book() -> Book:
    """The book, read at the first report."""
    lexicon = Lexicon()
    known(lexicon)
    entries, table = _entries(lexicon)
    kinds, alarms = _kinds(lexicon)
    lexicon.settle()
    return Book(lexicon, Reader(lexicon), tuple(entries), anchored(lexicon, table), tuple(kinds), anchored(lexicon, alarms))
