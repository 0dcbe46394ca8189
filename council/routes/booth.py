"""How a ballot looks to whoever asks: the question, the turnout or the result, my own vote, and what I may do or why not."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor, Person
from council.proceedings import ballotboard, publishing, quorate, unsealing
from council.proceedings.ballots import FEWEST, Ballot, Vote
from council.proceedings.conduct import unchecked
from council.proceedings.custodians import Custodian
from council.proceedings.electorates import seat_of
from council.proceedings.proxies import entrusted
from council.proceedings.questions import next_round
from council.proceedings.resolutions import Resolution
from council.proceedings.rollobjections import RollObjection
from council.routes.evenness import EVEN, evened
from council.routes.outcomes import outcome
from council.rules.decide import RESULTS
from council.rules.law import Effect
from council.rules.methods import voting_method
from council.rules.tally import ABSTAIN, may_abstain
from council.rules.thresholds import threshold

PAUSED = {"close": False, "enter_paper": False}  # what waits for the quorum to be back
LONGEST_WAIT = 24 * 3600  # seconds; a page that is open longer is looked at anew before
STATES = {
    "drafted": (Phrase("About to open"), "wait"), "open": (Phrase("The vote is open"), "now"),
    "closed": (Phrase("The vote is closed"), "wait"), "cancelled": (Phrase("The vote was cancelled"), "stop"),
}  # fmt: skip
OUTSIDE = {
    "households": Phrase("The households of this place vote. Sign in with your personal link to vote for yours."),
    "persons": Phrase("All adults of this place vote. Sign in with your personal link."),
    "representatives": Phrase("The residents' representatives vote. Sign in with your personal link."),
    "owners": Phrase("The owners vote. Type the code of your slip below, or have your identity confirmed at the desk."),
    "voters": Phrase("Those on the list vote. Type the code of your slip below, or have your identity confirmed at the desk."),
}
ELSEWHERE = Phrase("You are not on the list of this vote: it was fixed when the vote opened.")
CHANNELS = {"web": Phrase("by phone or computer"), "paper": Phrase("on paper"), "door": Phrase("on paper, collected at the door")}
FEW_MAY = Phrase("If fewer than five take part, only the outcome will be told, never the numbers.")
FEW = Phrase("Fewer than five may vote here: of a secret vote only the outcome will be told, never the numbers.")


async def shown(ballot: Ballot, by: Actor) -> dict[str, Any]:
    """Everything ballots/part.html shows of a ballot, for this actor."""
    rule = threshold(ballot.rule_id)
    running = ballot.running()
    word, tone = state(ballot)
    vote = await ballot.vote_of(by)
    lost = await quorate.lost(ballot) if running else None
    after = await next_round(ballot) if ballot.undecided else None
    return {
        **await outcome(ballot), "id": ballot.id, "question": ballotboard.question(ballot), "few": few(ballot),
        "person": isinstance(by, Person), "custodian": await custody(ballot, by), "closing_in": closing_in(ballot),
        "proxies": await entrusted(ballot, by) if running and not ballot.paper else [], "conflicts": conflicts(vote),
        "household": vote is not None and vote.voter.startswith("household:"), "word": word, "tone": tone, "running": running,
        "over": ballot.stage == "open" and not running, "rule": rule.name, "articles": rule.articles, "effect": rule.effect.label,
        "needs_owners": bool(ballot.owners_item) and rule.effect is not Effect.OWNERS_DECISION,
        "own": await publishing.own_line(ballot, vote) if vote else None,
        "changes": await ballot.proposal.changes() if ballot.proposal and await ballot.on_amendment() else [],
        "choices": evened(ballot, choices(ballot)), "even": EVEN if ballot.secret else 0, "vote": mine(ballot, vote),
        "why": "" if vote or lost else await why_not(ballot, by, running),
        "lost": str(lost or ""), "back": f"/matters/{ballot.matter_id}" if ballot.matter and ballot.matter.public else "",
        "may_vote": running and lost is None and not ballot.paper and await may(by, "ballot.vote", ballot),
        "whom": await whom(ballot, by), "listed": await listed(ballot, by),
        "next": after, "desk": await desk(ballot, by) | {"again": ballot.undecided and not after and await may(by, "ballot.draw", ballot)}
        | (PAUSED if lost else {}),
        "resolution": await Resolution.of(ballot), "quorum": ballot.decision.get("quorum"), "needed": ballot.decision.get("needed"),
    }  # fmt: skip


def few(ballot: Ballot) -> str:
    """The warning before a secret vote that its numbers may stay untold."""
    if not ballot.secret:
        return ""
    return _(FEW.message) if ballot.entitled < FEWEST else _(FEW_MAY.message)


async def listed(ballot: Ballot, by: Actor) -> dict[str, int]:
    """For whoever may read the list of voters before it is fixed, and object to it: how many objections wait. Else nothing."""
    if ballot.meeting_id or ballot.stage != "drafted" or not (await may(by, "ballot.object", ballot) or await may(by, "ballot.open", ballot)):
        return {}
    return {"waiting": await RollObjection.unanswered(ballot)}


async def whom(ballot: Ballot, by: Actor) -> str:
    """For whom this actor votes, in words: their home, or only themselves; nothing where they have no vote."""
    entitled = await ballot.entitlement(by)
    if entitled is None:
        return ""
    if entitled.voter.startswith("household:"):
        return _("You vote for %(home)s: one vote for each household.") % {"home": entitled.label}
    return _("Voter: %(name)s.") % {"name": entitled.label}


def state(ballot: Ballot) -> tuple[Phrase, str]:
    """Where it stands, or how it ended: a word and its tone."""
    if ballot.stage != "declared":
        return STATES[ballot.stage]
    carried = ballot.decision.get("carried")
    return RESULTS[carried], "done" if carried else "stop"


async def custody(ballot: Ballot, by: Actor) -> dict[str, Any]:
    """Who keeps the codes of a secret ballot, whether they have made theirs, and whether whoever asks is one of them."""
    if not ballot.secret:
        return {}
    keepers = await Custodian.of(ballot)
    return {
        "keepers": [(one.label, one.person.name, bool(one.public_key)) for one in keepers],
        "waits": ballot.stage == "drafted" and not (keepers and all(one.public_key for one in keepers)),
        "mine": any(one.person_id == by.id for one in keepers) and ballot.stage == "drafted",
        "may_name": ballot.stage == "drafted" and await may(by, "ballot.open", ballot),
        "may_unseal": ballot.stage == "closed" and not ballot.counted and await may(by, "ballot.unseal", ballot),
        "opening": unsealing.progress.get(ballot.id),
    }  # fmt: skip


def closing_in(ballot: Ballot) -> int:
    """Milliseconds until an open page must look again: a moment after the closing time, not all pages at once, until it is closed.

    In a meeting the stream tells; outside one there is none.
    """
    if ballot.stage != "open" or ballot.closes_at is None or ballot.paper or ballot.meeting_id is not None:
        return 0
    left = (ballot.closes_at - clock.now()).total_seconds()
    return max(0, int(left * 1000)) + 500 + secrets.randbelow(1000) if left < LONGEST_WAIT else 0


def conflicts(vote: Vote | None) -> list[tuple[datetime, Phrase]]:
    """Who else tried to vote for the same voter: when and how, never what."""
    return [(datetime.fromisoformat(one["at"]), CHANNELS[one["channel"]]) for one in (vote.attempts if vote else [])]


def choices(ballot: Ballot) -> list[tuple[str, str]]:
    offered = voting_method(ballot.method).choices(ballot.options)
    return [(choice.code, str(choice.label)) for choice in offered if choice.code != ABSTAIN or may_abstain(ballot.terms)]


def mine(ballot: Ballot, vote: Vote | None) -> dict[str, Any] | None:
    """My vote as I may see it: what I chose, when, the receipt, how often it was changed."""
    if vote is None:
        return None
    said = _("sealed") if ballot.secret else voting_method(ballot.method).words(vote.choice, ballot.options)
    return {
        "choice": said, "at": vote.cast_at, "receipt": vote.receipt,
        "channel": CHANNELS[vote.channel], "after": len(vote.changes),
    }  # fmt: skip


async def why_not(ballot: Ballot, by: Actor, running: bool) -> str:
    """Why this actor has no vote here, in a sentence; nothing where they have one."""
    if not running or await may(by, "ballot.vote", ballot):
        return ""
    if ballot.paper:
        return _("This vote is held on paper.")
    if ballot.meeting is None:
        elsewhere = isinstance(by, Person) and not ballot.register_id
        return str(ELSEWHERE) if elsewhere else _(OUTSIDE.get(ballot.electorate, OUTSIDE["voters"]).message)
    seat = await seat_of(by, ballot.meeting)
    if seat is None:
        return _("Only confirmed seats vote. Confirm yours with the link, the code on your slip, or at the secretary's desk.")
    if seat.invitation and seat.invitation.capacity != "MEMBER":
        return _("You sit in: you may listen and speak, but not vote.")
    return _("Your seat was confirmed after this vote had opened. You can vote in the next one.")


async def desk(ballot: Ballot, by: Actor) -> dict[str, int]:
    """What whoever conducts it may do now. `check`: how many papers from the door wait for a second person."""
    acts = ("open", "close", "declare", "cancel", "enter_paper", "count")
    allowed = {act: await may(by, f"ballot.{act}", ballot) for act in acts} if ballot.stage not in ("declared", "cancelled") else {}
    held: dict[str, int] = {act: allowed.get(act, False) for act in acts}
    waits = await unchecked(ballot) if ballot.meeting_id is None and ballot.stage in ("open", "closed") else 0
    held["count"] = held["count"] and ballot.paper
    held["close"] = held["close"] and not ballot.paper and (ballot.meeting_id is not None or not ballot.running() or ballot.cast >= ballot.entitled)
    held["declare"] = held["declare"] and ballot.counted and not waits
    held["reach"] = not ballot.paper and ballot.meeting_id is None and ballot.running() and await may(by, "ballot.reach", ballot)
    held["check"] = waits if waits and await may(by, "ballot.check_paper", ballot) else 0
    held["authorise"] = bool(threshold(ballot.rule_id).proxies) and not ballot.paper and await may(by, "ballot.authorise", ballot)
    held["cancel"] = held["cancel"] and (ballot.stage != "closed" or not ballot.counted or waits > 0)
    held["enter_paper"] = held["enter_paper"] and not ballot.paper and ballot.running()
    return held
