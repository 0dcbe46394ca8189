"""What earlier reports that people sorted sound like: the weight of every short run of signs for each affair and for each body outside.

The book (rulings, rows, tests) hears what it has words for; residents have more words than any book. `bin/learn` fits linear regressions on
runs of one to three signs, weighted by tf-idf (sublinear, L2; Salton and Buckley 1988), to the labelled reports of `tests/corpus/`. The whole
report is asked for its class; every piece of it is asked alone whether it tells of an emergency, and the loudest piece speaks: a danger told in
passing is not outweighed by a page about parking. What the book, the whole and the loudest piece say is then weighed. All of it stands in
`data/experience.json`: whole numbers, open to everybody. Nothing is learned while the system runs, nothing from what residents write to it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log, sqrt
from typing import Any

LONGEST = 3  # signs in a run, and words in a reason
THOUSANDTH = 1000
HUNDREDTH = 100  # of an idf
LIKELY = 0.35  # from this probability on a further body is named
DOUBTED, SURE = 0.3, 0.5  # below the one the book's first body is doubted, from the other on another is believed
POSSIBLE = 0.1  # from this probability on a body of the book stays, behind
CLASSES = ("COLLABORATIVE", "HANDOFF", "HOUSEHOLD", "OFFICIAL", "null")
ALARM = "ALARM"  # the column that pieces are asked
BRIEF = 30  # in a text of so few signs the book and experience weigh differently
PIECE, BREATH, OVERLAP = 60, 50, 40  # signs of a sentence heard in one piece; of the pieces of a longer one; where an endless one goes on
_SPACE, _DIGITS = re.compile(r"\s+"), re.compile(r"\d+")
_END, _CLAUSE = re.compile(r"[。!?;\n]+"), re.compile(r"[,、:\s]+")

Row = tuple[int, list[int]]


@dataclass(frozen=True, slots=True)
class Model:
    """One fit: the columns, their intercepts in thousandths, and for each run its idf in hundredths and its coefficients in thousandths."""

    columns: tuple[str, ...]
    intercepts: tuple[int, ...]
    runs: Mapping[str, Row]

    def scores(self, counted: Mapping[str, int]) -> dict[str, float]:
        """The linear score of each column."""
        totals, square = [0.0] * len(self.columns), 0.0
        for run, count in counted.items():
            if (known := self.runs.get(run)) is not None:
                weight = (1 + log(count)) * known[0]
                square += weight * weight
                for n, coefficient in enumerate(known[1]):
                    totals[n] += weight * coefficient
        length = sqrt(square) or 1.0
        return {
            column: (total / length + start) / THOUSANDTH
            for column, total, start in zip(self.columns, totals, self.intercepts, strict=True)
        }

    def score(self, counted: Mapping[str, int], column: int) -> float:
        """The linear score of one column."""
        total = square = 0.0
        for run, count in counted.items():
            if (known := self.runs.get(run)) is not None:
                weight = (1 + log(count)) * known[0]
                square += weight * weight
                total += weight * known[1][column]
        return (total / (sqrt(square) or 1.0) + self.intercepts[column]) / THOUSANDTH


@dataclass(frozen=True, slots=True)
class Impression:
    """How a report sounds: the score of each of CLASSES, of its loudest piece, and that piece."""

    scores: Mapping[str, float]
    alarm: float
    piece: str
    counted: Counter[str]

    def bodies(self, told: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The bodies outside, most likely first, at least one: those the book `told`, unless earlier emergencies speak for others."""
        likely = {body: 1 / (1 + exp(-score)) for body, score in models()["bodies"].scores(self.counted).items()}
        ranked = sorted(likely, key=lambda body: -likely[body])
        if told and (likely[told[0]] >= DOUBTED or likely[ranked[0]] < SURE):
            return told
        first = (ranked[0], *(body for body in ranked[1:] if likely[body] >= LIKELY))
        return (*first, *(body for body in told if body not in first and likely[body] >= POSSIBLE))

    def words(self, this: str, other: str, text: str) -> tuple[str, ...]:
        """Up to three runs of the text that speak most for one class against another, none within another; of an emergency, of its piece."""
        if this == "HANDOFF" and (told := self._spoken(this, other, text, self.piece)):
            return told
        return self._spoken(this, other, text, text)

    def _spoken(self, this: str, other: str, text: str, piece: str) -> tuple[str, ...]:
        model = models()["classes"]
        a, b = model.columns.index(this), model.columns.index(other)
        told = [
            ((1 + log(count)) * known[0] * (known[1][a] - known[1][b]), run)
            for run, count in self.counted.items()
            if run.isalnum() and run in piece and run in text and (known := model.runs.get(run)) is not None
        ]
        # Longer runs first: a single sign tells a reader little.
        return _apart(run for gain, run in sorted(told, key=lambda one: (len(one[1]) > 1, one[0]), reverse=True) if gain > 0)


def _apart(runs: Iterable[str]) -> tuple[str, ...]:
    chosen: list[str] = []
    for run in runs:
        if len(chosen) == LONGEST:
            break
        if not any(set(run) & set(other) for other in chosen):
            chosen.append(run)
    return tuple(chosen)


def impression(text: str, title: str = "") -> Impression:
    """How a report sounds to somebody who has read the labelled ones."""
    model = models()["classes"]
    column = model.columns.index(ALARM)
    alarm, piece = max((model.score(runs(plain(one)), column), one) for one in pieces(text, title))
    counted = count(text, title)
    scores = model.scores(counted)
    return Impression({one: scores[one] for one in CLASSES}, alarm, piece, counted)


def evidence(heard: Impression, called: str, confidence: float, length: int) -> dict[str, float]:
    """What is weighed: how the report sounds, what the book calls it and how surely; of a short text, and where a piece is loud, apart."""
    signs = {**heard.scores, ALARM: heard.alarm, f"book {called}": 1.0, f"sure {called}": confidence}
    if length < BRIEF:
        signs |= {"short": 1.0, f"short book {called}": 1.0} | {f"short {one}": score for one, score in heard.scores.items()}
    if heard.alarm > 0:
        signs |= {"loud": heard.alarm} | {f"loud {one}": score for one, score in heard.scores.items()}
        if called == "HANDOFF":
            signs["loud book HANDOFF"] = heard.alarm
    return signs


def weighed(signs: Mapping[str, float]) -> dict[str, float]:
    """The logarithm of the probability of each of CLASSES, base e."""
    kept = read()["weighing"]
    totals = [float(start) for start in kept["intercepts"]]
    for sign, value in signs.items():
        for n, weight in enumerate(kept["signs"].get(sign, ())):
            totals[n] += value * weight
    top = max(totals)
    whole = top + HUNDREDTH * log(sum(exp((total - top) / HUNDREDTH) for total in totals))
    return {one: (total - whole) / HUNDREDTH for one, total in zip(kept["columns"], totals, strict=True)}


def plain(text: str) -> str:
    """Width, case, blanks and the digits of numbers do not matter."""
    return _DIGITS.sub("0", _SPACE.sub("", unicodedata.normalize("NFKC", text).lower()))


def runs(told: str) -> Counter[str]:
    """How often each run of one to three signs stands in a plain text."""
    return Counter(told[at : at + size] for size in range(1, LONGEST + 1) for at in range(len(told) - size + 1))


def count(text: str, title: str = "") -> Counter[str]:
    """The runs of a whole report."""
    return runs(plain(f"{title}。{text}"))


def pieces(text: str, title: str = "") -> list[str]:
    """The sentences of a report; longer ones, and speech without a stop, in pieces. At least one."""
    told = (said.strip() for said in _END.split(unicodedata.normalize("NFKC", f"{title}\n{text}")))
    return [piece for said in told if said for piece in ([said] if len(said) <= PIECE else _breaths(said))] or [""]


def _breaths(sentence: str) -> Iterator[str]:
    held = ""
    for clause in _CLAUSE.split(sentence):
        if held and len(held) + len(clause) > BREATH:
            yield held
            held = ""
        held += f",{clause}" if held else clause
        while len(held) > PIECE:
            yield held[:BREATH]
            held = held[OVERLAP:]
    if held:
        yield held


@cache
def read() -> dict[str, Any]:
    """The data, read once."""
    kept: dict[str, Any] = json.loads((files("council.rules") / "data/experience.json").read_text("utf-8"))
    return kept


@cache
def models() -> dict[str, Model]:
    """The fits "classes" (with a column ALARM) and "bodies"."""
    kept = read()
    return {name: Model(tuple(kept[name]["columns"]), tuple(kept[name]["intercepts"]), kept[name]["runs"]) for name in ("classes", "bodies")}
