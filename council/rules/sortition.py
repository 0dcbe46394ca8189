"""Drawing by lot, so that anybody can draw again: a published list, a seed thrown after the list is out, SHA-256 and nothing else.

Everybody on the list has a number and a stratum: building, generation, owner or not. The list is put in order: stratum by stratum, and in each
by SHA-256 of "seed:number". Then every so-manieth is taken, beginning at a place that the seed decides. So each person has exactly the same chance,
however small the stratum, and each stratum and each building gets its share, rounded up or down. Whoever declines is replaced by the next of the
stratum in the same order, and where it is used up by the next of all. docs/redraw.py does the same with the standard library alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHORTEST_SEED = 6
K = 5  # a stratum of the published list holds as many people, or it is joined to a wider one
DECADES = tuple(range(1930, 2020, 10))
REST, UNTOLD = "其他", "年代不详"


@dataclass(frozen=True, slots=True)
class Entrant:
    """One line of the published list."""

    number: int
    stratum: str


@dataclass(frozen=True)
class Drawn:
    """`seats`: how many each stratum has; `order`: everybody of each stratum in the order of the lot; `chosen`: the numbers that are seated."""

    seats: dict[str, int]
    order: dict[str, tuple[int, ...]]
    chosen: tuple[int, ...]


def generation(decade: int | None) -> str:
    """As people say it: 1960 is 60后. The first decade stands for all before it."""
    if decade is None:
        return UNTOLD
    return f"{decade % 100:02}后" + ("及以前" if decade == DECADES[0] else "")


def strata(people: Sequence[tuple[str, ...]]) -> list[str]:
    """The stratum of each: all that is told of them, or less of it, until five share it at least. Nobody is known by a stratum of their own."""
    found = [""] * len(people)
    for depth in range(len(people[0]) if people else 0, 0, -1):
        sizes = Counter(one[:depth] for one, name in zip(people, found, strict=True) if not name)
        found = [name or (" ".join(one[:depth]) if sizes[one[:depth]] >= K else "") for one, name in zip(people, found, strict=True)]
    return [name.replace(",", " ") or REST for name in found]


def listing(entrants: Iterable[Entrant]) -> str:
    """The list as it is published: number,stratum, one a line, by number."""
    return "number,stratum\n" + "".join(f"{one.number},{one.stratum}\n" for one in sorted(entrants, key=lambda one: one.number))


def seal(text: str) -> str:
    """SHA-256 of the published list, hex: shown before the seed is thrown."""
    return hashlib.sha256(text.encode()).hexdigest()


def lot(seed: str, number: int) -> str:
    """The lot of one number: what people are put in order by."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def taken(total: int, seats: int, start: int) -> list[int]:
    """Places in the order that are seated: every total/seats-th, beginning at `start` of `total`. Never more seats than people."""
    seats = min(seats, total)
    return [place for place in range(total) if ((place + 1) * seats + start) // total > (place * seats + start) // total]


def draw(entrants: Sequence[Entrant], seats: int, seed: str) -> Drawn:
    """The lot over the whole list."""
    members: dict[str, list[int]] = {}
    for one in entrants:
        members.setdefault(one.stratum, []).append(one.number)
    order = {name: tuple(sorted(numbers, key=lambda n: (lot(seed, n), n))) for name, numbers in sorted(members.items())}
    row = [(name, number) for name, numbers in order.items() for number in numbers]
    start = int(hashlib.sha256(f"{seed}:start".encode()).hexdigest(), 16) % len(row) if row else 0
    chosen = [row[place] for place in taken(len(row), seats, start)]
    given = Counter(name for name, _number in chosen)
    return Drawn({name: given[name] for name in order}, order, tuple(number for _name, number in chosen))


def next_after(drawn: Drawn, seed: str, declined: int, used: Iterable[int]) -> int | None:
    """Who comes in for somebody who declined: the next of the stratum, else the next of all; None when nobody is left."""
    gone = set(used)
    own = next(numbers for numbers in drawn.order.values() if declined in numbers)
    everybody = sorted((n for numbers in drawn.order.values() for n in numbers), key=lambda n: (lot(seed, n), n))
    return next((n for n in (*own, *everybody) if n not in gone), None)
