"""What earlier reports that people sorted sound like: the weight of every short run of signs for each affair and for each body outside.

The book (rulings, rows, tests) hears what it has words for; residents have more words than any book. `bin/learn` fits a logistic regression on
runs of one to three signs, weighted by tf-idf (sublinear, L2; Salton and Buckley 1988), to the labelled reports of `tests/corpus/`, and writes its
coefficients to `data/experience.json`: whole numbers, hundredths, open to everybody. Nothing is learned while the system runs, nothing from what
residents write to it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log, sqrt

LONGEST = 3  # signs in a run
HUNDREDTH = 100
LIKELY = 0.35  # from this probability on a further body is named
_SPACE, _DIGITS = re.compile(r"\s+"), re.compile(r"\d+")

Row = tuple[int, list[int]]


@dataclass(frozen=True, slots=True)
class Model:
    """One regression: the columns, their intercepts, and for each run its idf and its coefficients, all in hundredths."""

    columns: tuple[str, ...]
    intercepts: tuple[int, ...]
    runs: Mapping[str, Row]

    def scores(self, counted: Mapping[str, int]) -> tuple[list[float], float]:
        """The linear score of each column, and the length that the weights were divided by."""
        totals, square = [0.0] * len(self.columns), 0.0
        for run, count in counted.items():
            if (known := self.runs.get(run)) is not None:
                weight = (1 + log(count)) * known[0] / HUNDREDTH
                square += weight * weight
                for n, coefficient in enumerate(known[1]):
                    totals[n] += weight * coefficient
        length = sqrt(square) or 1.0
        return [(total / length + start) / HUNDREDTH for total, start in zip(totals, self.intercepts, strict=True)], length


@dataclass(frozen=True, slots=True)
class Impression:
    """How a report sounds. `likelihood`: the logarithm of the probability of each class ("OFFICIAL" … "HANDOFF", "null"), base e."""

    likelihood: dict[str, float]
    counted: Counter[str]

    def bodies(self) -> tuple[str, ...]:
        """The bodies outside that such emergencies were handed to, likeliest first, at least one."""
        model = models()["bodies"]
        scores, _ = model.scores(self.counted)
        ranked = sorted(zip(scores, model.columns, strict=True), reverse=True)
        return tuple(body for place, (score, body) in enumerate(ranked) if place == 0 or 1 / (1 + exp(-score)) >= LIKELY)

    def words(self, this: str, other: str, text: str) -> tuple[str, ...]:
        """Up to three runs of the text that speak most for one class against another, none within another."""
        model = models()["classes"]
        a, b = model.columns.index(this), model.columns.index(other)
        told = [
            ((1 + log(count)) * known[0] * (known[1][a] - known[1][b]), run)
            for run, count in self.counted.items()
            if run in text and (known := model.runs.get(run)) is not None
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
    counted = count(text, title)
    model = models()["classes"]
    scores, _ = model.scores(counted)
    top = max(scores)
    whole = top + log(sum(exp(score - top) for score in scores))
    return Impression({name: score - whole for name, score in zip(model.columns, scores, strict=True)}, counted)


def count(text: str, title: str = "") -> Counter[str]:
    """How often each run of one to three signs stands in a report: width, case, blanks and the digits of numbers do not matter."""
    plain = _DIGITS.sub("0", _SPACE.sub("", unicodedata.normalize("NFKC", f"{title}。{text}").lower()))
    return Counter(plain[at : at + size] for size in range(1, LONGEST + 1) for at in range(len(plain) - size + 1))


@cache
def models() -> dict[str, Model]:
    """The regressions "classes" and "bodies", read once."""
    kept = json.loads((files("council.rules") / "data/experience.json").read_text("utf-8"))
    return {name: Model(tuple(kept[name]["columns"]), tuple(kept[name]["intercepts"]), kept[name]["runs"]) for name in ("classes", "bodies")}
