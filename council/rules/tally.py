"""What every way of voting has in common: the paper, the choices on it, the tally. The ways are in `methods` and `marks`.

What stands on a paper is kept as one short text: "yes", "3", "1,4" (several), "3>1>2" (ranked), "1:6,3:4" (points).
A share is given in tenths of a percent as a whole number, rounded by largest remainder, so that the shares
shown add up to exactly 100.0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.counting import Round, Spending

Terms = Mapping[str, Any]  # what a ballot settles besides its options: how many may be ticked, how many points, which costs
NO_TERMS: Terms = {}
MOST_OPTIONS, MOST_POINTS = 12, 100
ABSTAIN, SPOILED = "abstain", "spoiled"
LABELS: Mapping[str, Phrase] = {
    "yes": Phrase("In favour"),
    "no": Phrase("Against"),
    ABSTAIN: Phrase("Abstain"),
    SPOILED: Phrase("Spoiled"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a voter can take: a code to store, words to show."""

    code: str
    label: Phrase | str


@dataclass(frozen=True, slots=True)
class Row:
    """One choice with its votes and its share in tenths of a percent of all papers."""

    code: str
    label: Phrase | str
    votes: int
    tenths: int

    @property
    def percent(self) -> str:
        """68.8"""
        return f"{self.tenths // 10}.{self.tenths % 10}"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the papers come to. `leading`: the choices, abstentions apart, nobody is before.

    `won` is what the papers chose, empty where that stays open; `support` how many papers stand behind it: the figure a threshold
    is asked about. `total` counts papers, `marks` whether a row counts marks or points on papers instead of papers.
    """

    rows: tuple[Row, ...]
    total: int
    leading: tuple[str, ...]
    won: tuple[str, ...] = ()
    support: int = 0
    abstained: int = 0
    marks: bool = False
    rounds: tuple[Round, ...] = ()
    spending: Spending | None = None
    beside: Spending | None = None

    def votes(self, code: str) -> int:
        return next((row.votes for row in self.rows if row.code == code), 0)

    def chosen(self, options: Sequence[str]) -> list[str]:
        """The names of the options that won; nothing where the papers say yes or no."""
        return [options[int(code) - 1] for code in self.won if code.isdigit()]

    @property
    def yes(self) -> int:
        """The figure the threshold is asked about: the votes of yes, or the papers behind what won."""
        return self.votes("yes") if any(row.code == "yes" for row in self.rows) else self.support


NOTHING = Phrase("No option is chosen; in favour:")
Votes = Iterable[str] | Mapping[str, int]


class Method(Protocol):
    """A way of voting. `inputs`: how the paper is filled in (radio, tick, rank, points). `rule`: how it is counted, in words.

    `behind`: which papers the threshold is asked about, in words.
    """

    code: ClassVar[str]
    name: ClassVar[Phrase]
    rule: ClassVar[Phrase]
    behind: ClassVar[Phrase]
    inputs: ClassVar[str]

    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        """What a voter is offered, given the ballot's own options."""
        ...

    def settle(self, options: Sequence[str], asked: Terms) -> dict[str, Any]:
        """The terms a ballot is drawn up with, or a Refusal that names the field."""
        ...

    def read(self, ticked: Sequence[str], marks: Mapping[int, int]) -> str:
        """What stands on a paper, from what was ticked and from the number written at each option's place."""
        ...

    def check(self, choice: str, options: Sequence[str] = (), terms: Terms = NO_TERMS) -> str:
        """The choice, or a Refusal if it is not offered."""
        ...

    def words(self, choice: str, options: Sequence[str] = ()) -> str:
        """What stands on a paper, for its voter to read."""
        ...

    def tally(self, votes: Votes, options: Sequence[str] = (), terms: Terms = NO_TERMS) -> Tally:
        """The result of single votes or of counters kept per choice."""
        ...


METHODS: dict[str, Method] = {}


Way = TypeVar("Way", bound=Method)


def method(kind: type[Way]) -> type[Way]:
    """Make a way of voting known under its code."""
    METHODS[kind.code] = kind()
    return kind


def shares(votes: Sequence[int]) -> tuple[int, ...]:
    """Tenths of a percent by largest remainder: they add up to 1000, or to 0 when nobody voted."""
    total = sum(votes)
    if not total:
        return tuple(0 for _ in votes)
    floors = [number * 1000 // total for number in votes]
    by_rest = sorted(range(len(votes)), key=lambda place: (-(votes[place] * 1000 % total), place))
    for place in by_rest[: 1000 - sum(floors)]:
        floors[place] += 1
    return tuple(floors)


def count(choices: Sequence[Choice], votes: Votes) -> Tally:
    """Rows in the order offered; spoiled papers get one when there are any. ValueError for a strange vote."""
    counted = Counter(votes)
    rows = [*choices, *([Choice(SPOILED, LABELS[SPOILED])] if counted[SPOILED] else [])]
    strange = +counted - Counter({row.code: counted[row.code] for row in rows})
    if strange or min(counted.values(), default=0) < 0:
        raise ValueError(f"votes for nothing offered: {sorted(strange)}")
    leading = in_front({row.code: counted[row.code] for row in rows})
    won = leading if len(leading) == 1 else ()
    return Tally(
        rows=rows_of(rows, counted), total=sum(counted.values()), leading=leading, won=won,
        support=counted[won[0]] if won else 0, abstained=counted[ABSTAIN],
    )  # fmt: skip


def rows_of(choices: Sequence[Choice], counted: Mapping[str, int]) -> tuple[Row, ...]:
    numbers = [counted.get(one.code, 0) for one in choices]
    made = zip(choices, numbers, shares(numbers), strict=True)
    return tuple(Row(one.code, one.label, number, tenths) for one, number, tenths in made)


def in_front(numbers: Mapping[str, int]) -> tuple[str, ...]:
    running = {code: number for code, number in numbers.items() if code not in (ABSTAIN, SPOILED)}
    most = max(running.values(), default=0)
    return tuple(code for code, number in running.items() if number == most) if most else ()


def numbered(options: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(str(place), text) for place, text in enumerate(options, start=1))


def may_abstain(terms: Terms) -> bool:
    """A meeting may have switched abstaining off before the vote opened."""
    return bool(terms.get("abstain", True))


def no_abstention(choice: str, terms: Terms) -> None:
    """Refuse an abstention where there is none."""
    if choice == ABSTAIN and not may_abstain(terms):
        raise Refusal("In this meeting one does not abstain: vote for or against, or for one of the options.", field="choice")


def not_offered() -> Refusal:
    return Refusal("That is not one of the choices of this ballot.", field="choice")
