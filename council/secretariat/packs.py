"""The printed pack: with it a meeting is held when the line is dead. The roll, papers to vote on and a form for the minutes, in one file."""

from __future__ import annotations

from dataclasses import dataclass

from council.i18n import Phrase
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.rules.kinds import Capacity
from council.rules.thresholds import threshold
from council.secretariat import callpapers
from council.workshop.callpapers import SignInPaper
from council.workshop.papers import numeral

SPARE, MOST = 2, 240  # papers beyond the members; papers of all items together, so that the file can be printed


@dataclass(frozen=True)
class PackItem:
    """An item with the papers for its vote; what did not stand in the notice gets none."""

    number: str
    title: str
    slips: range


@dataclass(frozen=True)
class PackPaper(SignInPaper):
    """The sign-in sheet with all that follows it. `short`: fewer papers than members are in the file, the page is to be copied."""

    items: tuple[PackItem, ...] = ()
    short: bool = False
    private: bool = False
    needed: str = ""
    effect: str = ""


async def pack(meeting: Meeting) -> PackPaper:
    """Everything that carries a meeting without a line."""
    roll, items = await callpapers.sign_in(meeting), await AgendaItem.of(meeting)
    members = await Invitation.filter(meeting_id=meeting.id, capacity=Capacity.MEMBER.value).count() + SPARE
    voted = sum(item.notified for item in items) if not meeting.private else 0
    each = min(members, MOST // max(voted, 1))
    return PackPaper(
        roll.title, roll.facts, roll.groups, demo=roll.demo, private=meeting.private, short=each < members,
        items=tuple(PackItem(numeral(n), item.title, range(each if item.notified and voted else 0)) for n, item in enumerate(items, 1)),
        needed=str(Phrase("%(needed)s of %(listed)s members must be present.", needed=meeting.needed, listed=meeting.listed)),
        effect=str(threshold(meeting.rule_id).effect.label),
    )  # fmt: skip
