"""The opinion map: who answers alike, what all groups support, what divides them. The method is told in docs/opinion-map.md.

People by statements, each 1 (agree), -1 (disagree), 0 (pass) or None (not asked). Nothing here depends on the hour, the machine or the
order of a set: the same answers and the same seed give the same map. Standard library only.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

Row = Sequence[int | None]
Matrix = list[list[int | None]]
Point = tuple[float, float]

SEED = 20260101
FEWEST_PEOPLE, FEWEST_STATEMENTS = 30, 5
K = 5  # no figure shown stands for fewer people
GROUPS = (2, 3, 4, 5)
STEPS, STARTS, SHUFFLES, HALVES = 15, 2, 19, 5
TURNS = 20  # of k-means, which has long settled by then
COMMON = Fraction(6, 10)  # support in every group from which a statement is common ground
APART = Fraction(4, 10)  # difference in support from which a statement divides


@dataclass(frozen=True)
class Share:
    """What one group says to one statement. `agree` is None where a figure would stand for one to four people.

    `band` says as much as can be said of any group: "most", "half" or "few" agree, "" where fewer than K were asked.
    """

    asked: int
    agree: int | None
    disagree: int | None
    band: str = ""


@dataclass(frozen=True)
class Line:
    """One statement over all groups. `kind`: "common", "dividing" or ""."""

    statement: int
    shares: tuple[Share, ...]
    kind: str


@dataclass(frozen=True)
class Map:
    """`why` says why there is none: "people", "statements" or "chance" (no clearer than shuffled answers). Groups are numbered by size.

    `places`: a point for each person, in no telling order, with the group. `chance`: shuffles that looked as clear, and shuffles allowed.
    The first that looks as clear ends the search.
    `steady`: how alike (0 to 100) the groups come out when only four people of five are asked.
    """

    why: str = ""
    people: int = 0
    statements: int = 0
    groups: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()
    places: tuple[Point, ...] = ()
    lines: tuple[Line, ...] = ()
    chance: tuple[int, int] = (0, 0)
    steady: int = 0


def drawn(answers: Matrix, seed: int = SEED) -> Map:
    """The map, or why there is none."""
    width = max((len(row) for row in answers), default=0)
    needed = min(width, FEWEST_STATEMENTS)
    kept = [row for row in answers if sum(one is not None for one in row) >= needed]
    if width < FEWEST_STATEMENTS:
        return Map("statements", len(kept), width)
    if len(kept) < FEWEST_PEOPLE:
        return Map("people", len(kept), width)
    dice = random.Random(seed)
    points, labels, clear = _grouped(kept, dice)
    if not labels or any(_grouped(_shuffled(kept, dice), dice)[2] >= clear for _ in range(SHUFFLES)):
        return Map("chance", len(kept), width, chance=(1, SHUFFLES))
    labels = _by_size(labels)
    sizes = tuple(labels.count(group) for group in range(max(labels) + 1))
    lines = tuple(_line(n, kept, labels, len(sizes)) for n in range(width))
    return Map("", len(kept), width, sizes, tuple(labels), tuple(points), lines, (0, SHUFFLES), _steady(kept, labels, dice))


def _filled(rows: Matrix) -> list[list[float]]:
    """Who was not asked stands at the mean of the statement; then each statement is centred."""
    columns = []
    for column in zip(*rows, strict=True):
        said = [one for one in column if one is not None]
        mean = sum(said) / len(said) if said else 0.0
        columns.append([0.0 if one is None else one - mean for one in column])
    return columns


def _axes(columns: list[list[float]], dice: random.Random) -> list[Point]:
    """The two directions in which people differ most (principal components by power iteration); a place for each person."""
    rows = [list(row) for row in zip(*columns, strict=True)]
    first = _axis(rows, columns, dice, None)
    second = _axis(rows, columns, dice, first)
    return [(sum(map(mul, row, first)), sum(map(mul, row, second))) for row in rows]


def _axis(rows: list[list[float]], columns: list[list[float]], dice: random.Random, other: list[float] | None) -> list[float]:
    axis = [dice.random() - 0.5 for _ in columns]
    for _ in range(STEPS):
        if other is not None:
            along = sum(map(mul, axis, other))
            axis = [a - along * b for a, b in zip(axis, other, strict=True)]
        across = [sum(map(mul, row, axis)) for row in rows]
        axis = [sum(map(mul, column, across)) for column in columns]
        length = sum(map(mul, axis, axis)) ** 0.5 or 1.0
        axis = [one / length for one in axis]
    return axis


def _grouped(rows: Matrix, dice: random.Random) -> tuple[list[Point], list[int], float]:
    """Places, groups and how clear they are (0 to 1); no groups where one would hold fewer than K people."""
    points = _axes(_filled(rows), dice)
    best: tuple[float, list[int]] = (-1.0, [])
    for number in GROUPS:
        labels, centres = _means(points, number, dice)
        if min(labels.count(group) for group in range(number)) >= K:
            best = max(best, (_clear(points, labels, centres), labels), key=lambda one: one[0])
    return points, best[1], best[0]


def _means(points: list[Point], number: int, dice: random.Random) -> tuple[list[int], list[Point]]:
    """k-means: the best of several starts, each begun far apart (k-means++)."""
    tries = [_settled(points, _far(points, number, dice)) for _ in range(STARTS)]
    return min(tries, key=lambda one: sum(_gap(p, one[1][g]) for p, g in zip(points, one[0], strict=True)))


def _far(points: list[Point], number: int, dice: random.Random) -> list[Point]:
    centres = [dice.choice(points)]
    while len(centres) < number:
        weights = [min(_gap(p, c) for c in centres) for p in points]
        centres.append(dice.choices(points, weights if sum(weights) else None)[0])
    return centres


def _settled(points: list[Point], centres: list[Point]) -> tuple[list[int], list[Point]]:
    labels: list[int] = []
    for _ in range(TURNS):
        now = _nearest(points, centres)
        if now == labels:
            break
        labels = now
        centres = [_middle([p for p, g in zip(points, labels, strict=True) if g == n], c) for n, c in enumerate(centres)]
    return labels, centres


def _nearest(points: list[Point], centres: list[Point]) -> list[int]:
    """The group of each point; of equal distances the first. One list for each middle: this is where the time goes."""
    gaps = [[(x - a) * (x - a) + (y - b) * (y - b) for x, y in points] for a, b in centres]
    return [row.index(min(row)) for row in zip(*gaps, strict=True)]


def _middle(points: list[Point], before: Point) -> Point:
    return (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)) if points else before


def _gap(a: Point, b: Point) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _clear(points: list[Point], labels: list[int], centres: list[Point]) -> float:
    """Simplified silhouette: how much nearer people stand to their own middle than to the next one, on average."""
    total = 0.0
    for point, group in zip(points, labels, strict=True):
        own = _gap(point, centres[group]) ** 0.5
        other = min(_gap(point, c) for n, c in enumerate(centres) if n != group) ** 0.5
        total += (other - own) / (max(other, own) or 1.0)
    return total / len(points)


def _shuffled(rows: Matrix, dice: random.Random) -> Matrix:
    """The same answers to each statement, dealt to other people: what chance alone would look like."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    for column in columns:
        dice.shuffle(column)
    return [list(row) for row in zip(*columns, strict=True)]


def _by_size(labels: list[int]) -> list[int]:
    order = sorted(set(labels), key=lambda group: (-labels.count(group), labels.index(group)))
    return [order.index(group) for group in labels]


def _line(number: int, rows: Matrix, labels: Sequence[int], groups: int) -> Line:
    counted = []
    for group in range(groups):
        said = [row[number] for row, own in zip(rows, labels, strict=True) if own == group and row[number] is not None]
        counted.append((len(said), said.count(1), said.count(-1)))
    support = [Fraction(agree + 1, asked + 2) for asked, agree, _against in counted]
    enough = all(asked >= K for asked, _agree, _against in counted)
    kind = "common" if enough and min(support) >= COMMON else "dividing" if enough and max(support) - min(support) >= APART else ""
    return Line(number, tuple(_share(*one) for one in counted), kind)


def _share(asked: int, agree: int, disagree: int) -> Share:
    """No cell under K: where agreement, disagreement or the rest stands for one to four people, both figures are left out."""
    support = Fraction(agree + 1, asked + 2)
    band = "" if asked < K else "most" if support >= COMMON else "few" if support <= 1 - COMMON else "half"
    cells = (agree, disagree, asked - agree - disagree)
    shown = asked >= K and all(one == 0 or one >= K for one in cells)
    return Share(asked, agree, disagree, band) if shown else Share(asked, None, None, band)


def _steady(rows: Matrix, labels: Sequence[int], dice: random.Random) -> int:
    """Groups found anew among four people of five, against the groups found among all."""
    found = []
    for _ in range(HALVES):
        chosen = sorted(dice.sample(range(len(rows)), len(rows) * 4 // 5))
        points = _axes(_filled([rows[n] for n in chosen]), dice)
        again, _centres = _means(points, max(labels) + 1, dice)
        found.append(rand_index(again, [labels[n] for n in chosen]))
    return round(100 * max(0.0, sum(found) / len(found)))


def rand_index(first: Sequence[int], second: Sequence[int]) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985): 1 for the same groups, about 0 for groups by chance."""
    pairs = _pairs(list(zip(first, second, strict=True)))
    a, b, whole = _pairs(list(first)), _pairs(list(second)), len(first) * (len(first) - 1) / 2
    expected = a * b / whole if whole else 0.0
    most = (a + b) / 2
    return (pairs - expected) / (most - expected) if most != expected else 1.0


def _pairs(labels: Sequence[object]) -> float:
    return sum(n * (n - 1) / 2 for n in (labels.count(one) for one in set(labels)))
