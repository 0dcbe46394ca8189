"""Ways of voting: what may stand on a paper, and what the papers come to. A new way is one class with `@method`.

Here are those whose paper carries one choice; `marks` has those whose paper says something of several options.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.tally import (
    ABSTAIN,
    LABELS,
    METHODS,
    NO_TERMS,
    SPOILED,
    Choice,
    Method,
    Row,
    Tally,
    Terms,
    Votes,
    count,
    method,
    no_abstention,
    not_offered,
    numbered,
    shares,
)

__all__ = ("ABSTAIN", "LABELS", "METHODS", "NO_TERMS", "SPOILED", "Choice", "Method", "Row", "Tally", "Terms", "count", "shares", "voting_method")


class OneChoice(ABC):
    """What every way has in common in which a paper carries exactly one choice."""

    code: ClassVar[str]
    name: ClassVar[Phrase]
    rule: ClassVar[Phrase]
    behind: ClassVar[Phrase]
    inputs: ClassVar[str] = "radio"

    @abstractmethod
    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        """What a paper may carry."""

    def settle(self, options: Sequence[str], asked: Terms) -> dict[str, Any]:
        return {}

    def read(self, ticked: Sequence[str], marks: Mapping[int, int]) -> str:
        return ticked[0] if len(ticked) == 1 else ""

    def check(self, choice: str, options: Sequence[str] = (), terms: Terms = NO_TERMS) -> str:
        if choice not in {offered.code for offered in self.choices(options)}:
            raise not_offered()
        no_abstention(choice, terms)
        return choice

    def words(self, choice: str, options: Sequence[str] = ()) -> str:
        return next((str(one.label) for one in self.choices(options) if one.code == choice), choice)

    def tally(self, votes: Votes, options: Sequence[str] = (), terms: Terms = NO_TERMS) -> Tally:
        return count(self.choices(options), votes)


@method
class YesNo(OneChoice):
    """赞成、反对、弃权."""

    code = "yes_no_abstain"
    name = Phrase("In favour, against or abstain")
    rule = Phrase("Every paper carries one answer.")
    behind = LABELS["yes"]

    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        return tuple(Choice(code, LABELS[code]) for code in ("yes", "no", ABSTAIN))


@method
class OneOfSeveral(OneChoice):
    """One of the ballot's options, or an abstention. An option's code is its place, from 1."""

    code = "one_of_several"
    name = Phrase("One of several")
    rule = Phrase("The option with the most papers is chosen; where two have the same, nothing is chosen.")
    behind = Phrase("The option with the most papers:")

    def choices(self, options: Sequence[str] = ()) -> tuple[Choice, ...]:
        return (*numbered(options), Choice(ABSTAIN, LABELS[ABSTAIN]))


def voting_method(code: str) -> Method:
    """The way of voting of that code; a Refusal on field "method" if there is none."""
    if code not in METHODS:
        raise Refusal("There is no way of voting called %(method)s.", field="method", method=code)
    return METHODS[code]


# These make themselves known under their codes.
from council.rules import marks as _marks  # noqa: E402, F401
from council.rules import sharing as _sharing  # noqa: E402, F401
