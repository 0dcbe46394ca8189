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
    the present. `calm` is the bit of the words that make it none.
    """

    name: str
    numbers: tuple[str, ...]
    again: bool
    always: bool
    must: bool
    calm: int
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


def _kind(lexicon: Lexicon, written: dict[str, Any]) -> Kind:
    calm = lexicon.bit("calm " + written["id"])
    for word in written["calm"].split():
        lexicon.learn(word, calm)
    again, always, must = (bool(written.get(sign)) for sign in ("again", "always", "must"))
    return Kind(
        written["id"], tuple(written["numbers"]), again, always, must, calm, written["zh"], written["en"]
    )


def _kinds(lexicon: Lexicon) -> tuple[list[Kind], list[Combination]]:
    kinds: list[Kind] = []
    combinations: list[Combination] = []
    for sign, words in data("emergencies")["signs"].items():
        for word in words.split():
            lexicon.learn(word, lexicon.bit(sign))
    for written in data("emergencies")["emergency"]:
        combinations += [combination(lexicon, line, len(kinds)) for line in written["when"]]
        kinds.append(_kind(lexicon, written))
    return kinds, combinations


@cache
def book() -> Book:
    """The book, read at the first report."""
    lexicon = Lexicon()
    known(lexicon)
    entries, table = _entries(lexicon)
    kinds, alarms = _kinds(lexicon)
    lexicon.settle()
    return Book(lexicon, Reader(lexicon), tuple(entries), anchored(table), tuple(kinds), anchored(alarms))
