"""Ways of voting: what may be chosen, and what the papers come to. A new way is one class with `@method`.

A share is given in tenths of a percent as a whole number, rounded by largest remainder, so that the shares
shown add up to exactly 100.0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from council.i18n import Phrase
from council.refusals import Refusal

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
    """What the papers come to. `leading`: the choices, abstentions apart, nobody has more votes than."""

    rows: tuple[Row, ...]
    total: int
    leading: tuple[str, ...]

    def votes(self, code: str) -> int:
        return next((row.votes for row in self.rows if row.code == code), 0)

    @property
    def yes(self) -> int:
        """The figure the threshold is asked about: the votes of yes, or of the choice that leads alone."""
        if any(row.code == "yes" for row in self.rows):
            return self.votes("yes")
        return self.votes(self.leading[0]) if len(self.leading) == 1 else 0


class Method(Protocol):
    """A way of voting."""

    code: ClassVar[str]
    name: ClassVar[Phrase]

    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        """What a voter is offered, given the ballot's own options."""
        ...

    def check(self, choice: str, options: Sequence[str] = ()) -> str:
        """The choice, or a Refusal if it is not offered."""
        ...

    def tally(self, votes: Iterable[str] | Mapping[str, int], options: Sequence[str] = ()) -> Tally:
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


def count(choices: Sequence[Choice], votes: Iterable[str] | Mapping[str, int]) -> Tally:
    """Rows in the order offered; spoiled papers get one when there are any. ValueError for a strange vote."""
    counted = Counter(votes)
    rows = [*choices, *([Choice(SPOILED, LABELS[SPOILED])] if counted[SPOILED] else [])]
    strange = +counted - Counter({row.code: counted[row.code] for row in rows})
    if strange or min(counted.values(), default=0) < 0:
        raise ValueError(f"votes for nothing offered: {sorted(strange)}")
    numbers = [counted[row.code] for row in rows]
    made = zip(rows, numbers, shares(numbers), strict=True)
    return Tally(
        rows=tuple(Row(row.code, row.label, number, tenths) for row, number, tenths in made),
        total=sum(numbers),
        leading=_leading({row.code: number for row, number in zip(rows, numbers, strict=True)}),
    )


def _leading(numbers: Mapping[str, int]) -> tuple[str, ...]:
    running = {code: number for code, number in numbers.items() if code not in (ABSTAIN, SPOILED)}
    most = max(running.values(), default=0)
    return tuple(code for code, number in running.items() if number == most) if most else ()


class OneChoice(ABC):
    """What every way has in common in which a paper carries exactly one choice."""

    code: ClassVar[str]
    name: ClassVar[Phrase]

    @abstractmethod
    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        """What a paper may carry."""

    def check(self, choice: str, options: Sequence[str] = ()) -> str:
        if choice not in {offered.code for offered in self.choices(options)}:
            raise Refusal("That is not one of the choices of this ballot.", field="choice")
        return choice

    def tally(self, votes: Iterable[str] | Mapping[str, int], options: Sequence[str] = ()) -> Tally:
        return count(self.choices(options), votes)


@method
class YesNo(OneChoice):
    """赞成、反对、弃权."""

    code = "yes_no_abstain"
    name = Phrase("In favour, against or abstain")

    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        return tuple(Choice(code, LABELS[code]) for code in ("yes", "no", ABSTAIN))


@method
class OneOfSeveral(OneChoice):
    """One of the ballot's options, or an abstention. An option's code is its place, from 1."""

    code = "one_of_several"
    name = Phrase("One of several")

    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        offered = (Choice(str(place), text) for place, text in enumerate(options, start=1))
        return (*offered, Choice(ABSTAIN, LABELS[ABSTAIN]))


def voting_method(code: str) -> Method:
    """The way of voting of that code; a Refusal on field "method" if there is none."""
    if code not in METHODS:
        raise Refusal("There is no way of voting called %(method)s.", field="method", method=code)
    return METHODS[code]
