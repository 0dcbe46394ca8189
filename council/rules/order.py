"""The rules of order, each of which a chair may switch on or off for a meeting. Source: the short form of the Nantang experiment, as
communities use it; the house's own defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from council.i18n import Phrase

SPEECH, TIMES = 120, 2  # seconds a speech, speeches on one item: the usual rule
LONGER = 60  # seconds that the chair adds at a time


@dataclass(frozen=True, slots=True)
class Rule:
    """`usual`: is it on where nobody has said otherwise?"""

    code: str
    words: Phrase
    usual: bool = True


RULES: tuple[Rule, ...] = (
    Rule("motion_first", Phrase("No proposal, no discussion: whoever wants to speak, speaks to a proposal"), usual=False),
    Rule("position_first", Phrase("Say first whether you speak for or against"), usual=False),
    Rule("first_time", Phrase("Those who have not spoken yet come first")),
    Rule("alternate", Phrase("For and against take turns")),
    Rule("time", Phrase("Every speech has a limit of time")),
    Rule("times", Phrase("Nobody speaks more often on one item than the others may")),
    Rule("neutral_chair", Phrase("The chair does not speak on the matter; whoever wants to, hands the chair over first")),
    Rule("points", Phrase("Anybody in the room may raise a point of order")),
    Rule("seconder", Phrase("A proposal is put to the vote only when somebody seconds it")),
    Rule("amendments_first", Phrase("Amendments are voted before the proposal")),
    Rule("abstention", Phrase("One may abstain")),
    Rule("no_second_vote", Phrase("What has been voted is not voted again in the same meeting")),
)  # fmt: skip
USUAL = frozenset(rule.code for rule in RULES if rule.usual)


class Waiting(Protocol):
    """What the order of the queue depends on."""

    seat_id: int
    stance: str


W = TypeVar("W", bound=Waiting)


def in_order(waiting: Iterable[W], spoken: Iterable[int], last: str = "", rules: frozenset[str] = USUAL) -> list[W]:
    """Who speaks when. `waiting` as they asked, `spoken` seats that have had the word on this item, `last` the stance of the last speaker.

    First all who have not spoken yet, each group as they asked; after a speech for, the next against goes before others, and the other way round.
    """
    had = set(spoken) if "first_time" in rules else set()
    groups: tuple[list[W], list[W]] = ([], [])
    for one in waiting:
        groups[one.seat_id in had].append(one)
    if "alternate" not in rules:
        return [*groups[0], *groups[1]]
    found: list[W] = []
    for group in groups:
        while group:
            one = _next(group, last)
            group.remove(one)
            found.append(one)
            last = one.stance or last
    return found


def _next(group: Sequence[W], last: str) -> W:
    other = {"pro": "contra", "contra": "pro"}.get(last, "")
    return next((one for one in group if other and one.stance == other), group[0])
