"""Counting rules for papers that say more than one thing: the run-off of ranked papers, and two ways of sharing out a budget.

Papers come as a mapping from what stands on a paper (places of options, from 1) to how many papers say just that. All is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Papers = Mapping[tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a run-off: papers for each option still in (place, papers), papers that name none of them, who is struck (0: nobody)."""

    papers: tuple[tuple[int, int], ...]
    exhausted: int
    struck: int = 0


def run_off(papers: Papers, options: int) -> tuple[tuple[Round, ...], tuple[int, ...]]:
    """Rounds and winner: whoever has more than half of the papers that still count wins; else the last is struck and its papers move on.

    Where several are last, the one with fewer papers in the round before (and so on backwards) is struck; if they were alike all
    the way, the one that stands lower on the paper. Where all that are left have the same, all of them are returned: nobody won.
    """
    rounds: list[Round] = []
    running = list(range(1, options + 1))
    while True:
        tops = _tops(papers, running)
        live = sum(tops.values())
        told = Round(tuple(tops.items()), sum(papers.values()) - live)
        most = max(tops.values(), default=0)
        if not live:
            return (*rounds, told), ()
        if most * 2 > live or len(set(tops.values())) == 1:
            return (*rounds, told), tuple(place for place, number in tops.items() if number == most)
        struck = _last(tops, rounds)
        rounds.append(Round(told.papers, told.exhausted, struck))
        running.remove(struck)


def _tops(papers: Papers, running: Sequence[int]) -> dict[int, int]:
    tops = dict.fromkeys(running, 0)
    for paper, number in papers.items():
        first = next((place for place in paper if place in tops), None)
        if first is not None:
            tops[first] += number
    return tops


def _last(tops: Mapping[int, int], rounds: Sequence[Round]) -> int:
    last = [place for place, number in tops.items() if number == min(tops.values())]
    for told in reversed(rounds):
        before = dict(told.papers)
        fewest = min(before[place] for place in last)
        last = [place for place in last if before[place] == fewest]
    return max(last)


@dataclass(frozen=True, slots=True)
class Spending:
    """What a budget is spent on: places in the order chosen, the later ones from `filled` on only to use up the rest; yuan spent."""

    places: tuple[int, ...]
    filled: tuple[int, ...]
    spent: int

    @property
    def all(self) -> tuple[int, ...]:
        return (*self.places, *self.filled)


def greedy(papers: Papers, costs: Sequence[int], limit: int, taken: tuple[int, ...] = ()) -> Spending:
    """The most approved first, whatever still fits; the cheaper one, then the one that stands higher, where approvals are alike."""
    spent, places = sum(costs[place - 1] for place in taken), []
    approvals = _approvals(papers, len(costs))
    for place in sorted(approvals, key=lambda place: (-approvals[place], costs[place - 1], place)):
        if place not in taken and approvals[place] and spent + costs[place - 1] <= limit:
            places.append(place)
            spent += costs[place - 1]
    return Spending(tuple(places), (), spent)


def equal_shares(papers: Papers, costs: Sequence[int], limit: int) -> Spending:
    """The method of equal shares: everybody who approves something holds the same part of the money and pays only for what they approve.

    Each time the project is taken whose supporters pay the smallest part of its cost at most (its cost being its worth, ties as in
    `greedy`). What nobody can pay for any more is spent by `greedy`. Source: Peters, Pierczyński, Skowron, Proportional Participatory
    Budgeting with Additive Utilities (2021), cost utilities.
    """
    papers = {paper: number for paper, number in papers.items() if paper and number}
    voters = sum(papers.values())
    purses = dict.fromkeys(papers, Fraction(limit, voters or 1))
    approvals, taken = _approvals(papers, len(costs)), []
    while True:
        offers = [
            (top / costs[place - 1], -approvals[place], costs[place - 1], place, top)
            for place in approvals
            if place not in taken and (top := _dearest(papers, purses, place, costs[place - 1])) is not None
        ]
        if not offers:
            break
        *_, place, top = min(offers)
        taken.append(place)
        purses = {paper: purse - min(purse, top) if place in paper else purse for paper, purse in purses.items()}
    rest = greedy(papers, costs, limit, tuple(taken))
    return Spending(tuple(taken), rest.places, rest.spent)


def _approvals(papers: Papers, options: int) -> dict[int, int]:
    return {place: sum(number for paper, number in papers.items() if place in paper) for place in range(1, options + 1)}


def _dearest(papers: Papers, purses: Mapping[tuple[int, ...], Fraction], place: int, cost: int) -> Fraction | None:
    """The most that one supporter pays when all pay alike as far as their purse goes; None where they cannot pay for it."""
    left, paying = Fraction(cost), sum(number for paper, number in papers.items() if place in paper)
    for purse, number in sorted((purses[paper], number) for paper, number in papers.items() if place in paper):
        if left <= purse * paying:
            return left / paying
        left, paying = left - purse * number, paying - number
    return None
