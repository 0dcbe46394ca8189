"""Drawing by lot, so that anybody can draw again: a published list, a seed thrown after the list is out, SHA-256 and nothing else.

Everybody on the list has a number and a stratum. Seats go to the strata by largest remainder; within a stratum people stand in the order of
SHA-256 of "seed:number". Whoever declines is replaced by the next in the order of the stratum, and where it is used up by the next of all.
docs/redraw.py does the same with the standard library alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SHORTEST_SEED = 6


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


def listing(entrants: Iterable[Entrant]) -> str:
    """The list as it is published: number,stratum, one a line, by number."""
    return "number,stratum\n" + "".join(f"{one.number},{one.stratum}\n" for one in sorted(entrants, key=lambda one: one.number))


def seal(text: str) -> str:
    """SHA-256 of the published list, hex: shown before the seed is thrown."""
    return hashlib.sha256(text.encode()).hexdigest()


def lot(seed: str, number: int) -> str:
    """The lot of one number: what people are put in order by."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def seats_of(sizes: Mapping[str, int], seats: int) -> dict[str, int]:
    """Seats by largest remainder; of equal remainders the stratum whose name comes first. Never more seats than people."""
    total = sum(sizes.values())
    seats = min(seats, total)
    given = {name: size * seats // total for name, size in sizes.items()} if total else {}
    rest = sorted(sizes, key=lambda name: (-(sizes[name] * seats % total), name))
    for name in rest[: seats - sum(given.values())]:
        given[name] += 1
    return given


def draw(entrants: Sequence[Entrant], seats: int, seed: str) -> Drawn:
    """The lot over the whole list."""
    strata: dict[str, list[int]] = {}
    for one in entrants:
        strata.setdefault(one.stratum, []).append(one.number)
    order = {name: tuple(sorted(numbers, key=lambda n: (lot(seed, n), n))) for name, numbers in sorted(strata.items())}
    given = seats_of({name: len(numbers) for name, numbers in order.items()}, seats)
    return Drawn(given, order, tuple(n for name, numbers in order.items() for n in numbers[: given[name]]))


def next_after(drawn: Drawn, seed: str, declined: int, used: Iterable[int]) -> int | None:
    """Who comes in for somebody who declined: the next of the stratum, else the next of all; None when nobody is left."""
    taken = set(used)
    own = next(numbers for numbers in drawn.order.values() if declined in numbers)
    everybody = sorted((n for numbers in drawn.order.values() for n in numbers), key=lambda n: (lot(seed, n), n))
    return next((n for n in (*own, *everybody) if n not in taken), None)
