"""Ways of voting that share something out: points among options, money among projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.counting import equal_shares, greedy
from council.rules.marks import ManyMarks, ticks_of
from council.rules.tally import ABSTAIN, LABELS, MOST_POINTS, SPOILED, Tally, Terms, in_front, method, not_offered, numbered, rows_of


def _behind(papers: Mapping[tuple[int, ...], int], places: Iterable[int]) -> int:
    """How many papers name at least one of these."""
    wanted = set(places)
    return sum(number for paper, number in papers.items() if wanted & set(paper))


@method
class Points(ManyMarks):
    """At most `points` shared out among the options: "1:6,3:4". The option with the most points is chosen."""

    code = "points"
    name = Phrase("Points shared out")
    rule = Phrase("The option with the most points is chosen; where two have the same, nothing is chosen.")
    behind = Phrase("Papers that give points to the option with the most points:")
    inputs = "points"

    def settle(self, options: Sequence[str], asked: Terms) -> dict[str, Any]:
        points = asked.get("points") or 10
        if not 1 <= points <= MOST_POINTS:
            raise Refusal("Give every voter 1 to 100 points.", field="points")
        return {"points": points}

    def read(self, ticked: Sequence[str], marks: Mapping[int, int]) -> str:
        given = {place: number for place, number in marks.items() if number}
        if ABSTAIN in ticked:
            return "" if given else ABSTAIN
        return self.between.join(f"{place}:{given[place]}" for place in sorted(given))

    def given(self, choice: str) -> dict[str, int]:
        """Points by option; a Refusal for what is no list of points."""
        pairs = [mark.partition(":")[::2] for mark in choice.split(self.between)]
        if not all(number.isascii() and number.isdecimal() and len(number) < 4 and number[0] != "0" for _, number in pairs):
            raise not_offered()
        return {code: int(number) for code, number in pairs}

    def places(self, choice: str, options: Sequence[str]) -> tuple[int, ...]:
        return super().places(self.between.join(mark.partition(":")[0] for mark in choice.split(self.between)), options)

    def possible(self, places: tuple[int, ...], choice: str, terms: Terms) -> None:
        most = terms.get("points", 10)
        if sum(self.given(choice).values()) > most:
            raise Refusal("You may share out %(most)s points at most.", field="choice", most=most)
        if list(places) != sorted(places):
            raise not_offered()

    def words(self, choice: str, options: Sequence[str] = ()) -> str:
        if choice == ABSTAIN:
            return str(LABELS[ABSTAIN])
        return str(Phrase("; ")).join(f"{options[int(code) - 1]} {points}" for code, points in self.given(choice).items())

    def told(self, kept: Counter[str], papers: dict[tuple[int, ...], int], options: Sequence[str], terms: Terms) -> Tally:
        sums: Counter[str] = Counter()
        for choice, number in kept.items():
            sums.update({code: p * number for code, p in self.given(choice).items()} if choice not in (ABSTAIN, SPOILED) else {})
        leading = in_front(dict(sums))
        won = leading if len(leading) == 1 else ()
        return Tally(
            rows=rows_of(numbered(options), sums), total=sum(kept.values()), leading=leading, won=won, marks=True,
            support=_behind(papers, map(int, won)), abstained=kept[ABSTAIN],
        )  # fmt: skip


@method
class Budget(ManyMarks):
    """Projects with their cost under a limit, in yuan: every paper names those it wants, and equal shares choose."""

    code = "budget"
    name = Phrase("Projects under a budget")
    rule = Phrase(
        "Method of equal shares: everybody holds the same part of the money, and it pays only for projects they ticked; what is left "
        "over goes to the most ticked that still fit. The rule “most ticks first” is shown beside it."
    )
    behind = Phrase("Papers that tick at least one of the projects chosen:")

    def settle(self, options: Sequence[str], asked: Terms) -> dict[str, Any]:
        limit, costs = asked.get("limit") or 0, list(asked.get("costs") or ())
        if not 1 <= limit < 10**12:
            raise Refusal("Say how much money there is, in yuan.", field="limit")
        if len(costs) != len(options) or not all(1 <= cost <= limit for cost in costs):
            raise Refusal("Write the cost behind every project; none may cost more than there is.", field="options")
        return {"limit": limit, "costs": costs}

    def told(self, kept: Counter[str], papers: dict[tuple[int, ...], int], options: Sequence[str], terms: Terms) -> Tally:
        costs, limit = terms["costs"], terms["limit"]
        spending = equal_shares(papers, costs, limit)
        codes = tuple(map(str, spending.all))
        return Tally(
            rows=rows_of(numbered(options), ticks_of(papers, options)), total=sum(kept.values()), leading=codes, won=codes, marks=True,
            support=_behind(papers, spending.all), abstained=kept[ABSTAIN], spending=spending, beside=greedy(papers, costs, limit),
        )  # fmt: skip
