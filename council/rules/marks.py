"""Ways of voting whose paper says something of several options: ticks, an order. `sharing` has points and budgets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.counting import run_off
from council.rules.tally import (
    ABSTAIN,
    LABELS,
    MOST_OPTIONS,
    NO_TERMS,
    SPOILED,
    Choice,
    Tally,
    Terms,
    Votes,
    method,
    no_abstention,
    not_offered,
    numbered,
    rows_of,
)


class ManyMarks(ABC):
    """What every way has in common in which one paper says something of several options, or abstains.

    `between` stands between the marks on a kept paper.
    """

    code: ClassVar[str]
    name: ClassVar[Phrase]
    rule: ClassVar[Phrase]
    behind: ClassVar[Phrase]
    inputs: ClassVar[str] = "tick"
    between: ClassVar[str] = ","

    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        return (*numbered(options), Choice(ABSTAIN, LABELS[ABSTAIN]))

    def settle(self, options: Sequence[str], asked: Terms) -> dict[str, Any]:
        return {}

    def read(self, ticked: Sequence[str], marks: Mapping[int, int]) -> str:
        """Ticks in the order of the paper; abstaining together with a tick is no paper."""
        if ABSTAIN in ticked:
            return ABSTAIN if len(ticked) == 1 else ""
        return self.between.join(sorted(ticked, key=lambda code: (len(code), code)))

    def places(self, choice: str, options: Sequence[str]) -> tuple[int, ...]:
        """The options a paper names, in its order; a Refusal for anything else."""
        known = {str(place): place for place in range(1, len(options) + 1)}
        codes = choice.split(self.between)
        if not set(codes) <= set(known) or len(set(codes)) < len(codes):
            raise not_offered()
        return tuple(known[code] for code in codes)

    def check(self, choice: str, options: Sequence[str] = (), terms: Terms = NO_TERMS) -> str:
        no_abstention(choice, terms)
        if choice != ABSTAIN:
            self.possible(self.places(choice, options), choice, terms)
        return choice

    def possible(self, places: tuple[int, ...], choice: str, terms: Terms) -> None:
        """Refuse a paper that names too many, or not in the order of the paper."""
        least, most = terms.get("least", 1), terms.get("most", MOST_OPTIONS)
        if not least <= len(places) <= most:
            raise Refusal("Tick at least %(least)s and at most %(most)s.", field="choice", least=least, most=most)
        if list(places) != sorted(places):
            raise not_offered()

    def words(self, choice: str, options: Sequence[str] = ()) -> str:
        if choice == ABSTAIN:
            return str(LABELS[ABSTAIN])
        return str(Phrase("; ")).join(options[place - 1] for place in self.places(choice, options))

    def papers(self, votes: Votes, options: Sequence[str], terms: Terms) -> dict[tuple[int, ...], int]:
        """How many papers name just these options; abstentions and spoiled papers name none. ValueError for a strange vote."""
        found: Counter[tuple[int, ...]] = Counter()
        for choice, number in Counter(votes).items():
            try:
                named = () if choice == SPOILED else self._named(self.check(choice, options, terms), options)
            except Refusal as strange:
                raise ValueError(f"votes for nothing offered: {choice}") from strange
            if number < 0:
                raise ValueError("votes for nothing offered: fewer than none")
            found[named] += number
        return dict(found)

    def _named(self, choice: str, options: Sequence[str]) -> tuple[int, ...]:
        return () if choice == ABSTAIN else self.places(choice, options)

    def tally(self, votes: Votes, options: Sequence[str] = (), terms: Terms = NO_TERMS) -> Tally:
        kept = Counter(votes)
        return self.told(kept, self.papers(kept, options, terms), options, terms)

    @abstractmethod
    def told(self, kept: Counter[str], papers: dict[tuple[int, ...], int], options: Sequence[str], terms: Terms) -> Tally:
        """The result. `kept` counts what stands on the papers, `papers` what they name."""


def ticks_of(papers: Mapping[tuple[int, ...], int], options: Sequence[str]) -> dict[str, int]:
    return {str(place): sum(n for paper, n in papers.items() if place in paper) for place in range(1, len(options) + 1)}


@method
class SeveralOfSeveral(ManyMarks):
    """Between `least` and `most` of the options; the `seats` with the most papers are chosen."""

    code = "several_of_several"
    name = Phrase("Several of several")
    rule = Phrase("The options with the most papers are chosen; where two at the edge have the same, nothing is chosen.")
    behind = Phrase("Of the options chosen, the one with the fewest papers:")

    def settle(self, options: Sequence[str], asked: Terms) -> dict[str, Any]:
        most = asked.get("most") or len(options)
        least, seats = asked.get("least") or 1, asked.get("seats") or 1
        if not 1 <= least <= most <= len(options):
            raise Refusal("The fewest and the most that may be ticked do not fit together.", field="most")
        if not 1 <= seats < len(options):
            raise Refusal("Fewer options are chosen than there are.", field="seats")
        return {"least": least, "most": most, "seats": seats}

    def told(self, kept: Counter[str], papers: dict[tuple[int, ...], int], options: Sequence[str], terms: Terms) -> Tally:
        ticks, seats = ticks_of(papers, options), terms.get("seats", 1)
        order = sorted(ticks.values(), reverse=True)
        above = tuple(code for code, number in ticks.items() if number and number >= order[min(seats, len(order)) - 1])
        won = above if len(above) == seats else ()
        return Tally(
            rows=rows_of(numbered(options), ticks), total=sum(kept.values()), leading=above, won=won, marks=True,
            support=min((ticks[code] for code in won), default=0), abstained=kept[ABSTAIN],
        )  # fmt: skip


@method
class Ranked(ManyMarks):
    """Options in the voter's order: "3>1". The rows count first places, the winner comes from the run-off."""

    code = "ranked"
    name = Phrase("Ranked: first, second, third choice")
    rule = Phrase(
        "The option that the fewest papers put first is struck and its papers go to their next choice, until one has more than half of "
        "the papers that still count. Where several are last, the one with fewer papers in the round before is struck, else the lower on the paper."
    )
    behind = Phrase("The option chosen, in the last round:")
    inputs, between = "rank", ">"

    def read(self, ticked: Sequence[str], marks: Mapping[int, int]) -> str:
        """The place written at each option: 1 for the first choice. Two alike or a gap are no paper."""
        if ABSTAIN in ticked:
            return "" if marks else ABSTAIN
        order = sorted(marks, key=lambda place: marks[place])
        return self.between.join(map(str, order)) if sorted(marks.values()) == list(range(1, len(marks) + 1)) else ""

    def possible(self, places: tuple[int, ...], choice: str, terms: Terms) -> None:
        """Any order of one or more of them is a paper."""

    def words(self, choice: str, options: Sequence[str] = ()) -> str:
        if choice == ABSTAIN:
            return str(LABELS[ABSTAIN])
        places = enumerate(self.places(choice, options), start=1)
        return str(Phrase("; ")).join(f"{rank}. {options[place - 1]}" for rank, place in places)

    def told(self, kept: Counter[str], papers: dict[tuple[int, ...], int], options: Sequence[str], terms: Terms) -> Tally:
        firsts = Counter({str(place): sum(n for paper, n in papers.items() if paper[:1] == (place,)) for place in range(1, len(options) + 1)})
        rounds, winners = run_off(papers, len(options))
        leading = tuple(map(str, winners))
        spoiled = [Choice(SPOILED, LABELS[SPOILED])] if kept[SPOILED] else []
        firsts.update({code: kept[code] for code in (ABSTAIN, SPOILED)})
        return Tally(
            rows=rows_of([*self.choices(options), *spoiled], firsts), total=sum(kept.values()), leading=leading, rounds=rounds,
            won=leading if len(leading) == 1 else (), abstained=kept[ABSTAIN],
            support=dict(rounds[-1].papers)[winners[0]] if len(winners) == 1 else 0,
        )  # fmt: skip
