"""How a ballot looks to whoever asks: the question, the turnout or the result, my own vote, and what I may do or why not."""

from __future__ import annotations

from typing import Any

from council.i18n import Phrase, language
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.electorates import seat_of
from council.proceedings.resolutions import Resolution
from council.rules.law import Effect, Flag
from council.rules.methods import voting_method
from council.rules.thresholds import threshold

TONES = {"yes": "yes", "no": "no", "abstain": "abstain", "spoiled": "spoiled"}
OUTCOMES = {
    True: (Phrase("Carried"), "done"),
    False: (Phrase("Not carried"), "stop"),
    None: (Phrase("No valid result"), "stop"),
}
STATES = {
    "drafted": (Phrase("About to open"), "wait"), "open": (Phrase("The vote is open"), "now"),
    "closed": (Phrase("The vote is closed"), "wait"), "cancelled": (Phrase("The vote was cancelled"), "stop"),
}  # fmt: skip
CHANNELS = {"web": Phrase("by phone or computer"), "paper": Phrase("on paper")}


async def shown(ballot: Ballot, by: Actor) -> dict[str, Any]:
    """Everything ballots/part.html shows of a ballot, for this actor."""
    rule = threshold(ballot.rule_id)
    running = ballot.running()
    word, tone = state(ballot)
    vote = await ballot.vote_of(by)
    return {
        "ballot": ballot, "id": ballot.id, "word": word, "tone": tone, "running": running,
        "over": ballot.stage == "open" and not running, "rule": rule.name, "articles": rule.articles, "effect": rule.effect.label,
        "needs_owners": bool(ballot.owners_item) and rule.effect is not Effect.OWNERS_DECISION,
        "changes": await ballot.proposal.changes() if ballot.proposal and await ballot.on_amendment() else [],
        "choices": choices(ballot), "vote": mine(ballot, vote), "why": "" if vote else await why_not(ballot, by, running),
        "may_vote": running and not ballot.paper and await may(by, "ballot.vote", ballot), "rows": rows(ballot),
        "owners": owners_rows(ballot), "arithmetic": ballot.decision.get(f"arithmetic_{language()}", []),
        "flags": [Flag(flag).label for flag in ballot.decision.get("flags", [])], "desk": await desk(ballot, by),
        "resolution": await Resolution.of(ballot), "quorum": ballot.decision.get("quorum"), "needed": ballot.decision.get("needed"),
    }  # fmt: skip


def state(ballot: Ballot) -> tuple[Phrase, str]:
    """Where it stands, or how it ended: a word and its tone."""
    return OUTCOMES[ballot.decision.get("carried")] if ballot.stage == "declared" else STATES[ballot.stage]


def choices(ballot: Ballot) -> list[tuple[str, str]]:
    return [(choice.code, str(choice.label)) for choice in voting_method(ballot.method).choices(ballot.options)]


def mine(ballot: Ballot, vote: Vote | None) -> dict[str, Any] | None:
    """My vote as I may see it: what I chose, when, the receipt, how often it was changed."""
    if vote is None:
        return None
    words = dict(choices(ballot))
    return {
        "choice": words.get(vote.choice, vote.choice), "at": vote.cast_at, "receipt": vote.receipt,
        "channel": CHANNELS[vote.channel], "after": len(vote.changes),
    }  # fmt: skip


async def why_not(ballot: Ballot, by: Actor, running: bool) -> str:
    """Why this actor has no vote here, in a sentence; nothing where they have one."""
    if not running or await may(by, "ballot.vote", ballot):
        return ""
    if ballot.paper:
        return _("This vote is held on paper.")
    if ballot.meeting is None:
        return _("The households of this place vote. Sign in with your personal link to vote for yours.")
    seat = await seat_of(by, ballot.meeting)
    if seat is None:
        return _("Only confirmed seats vote. Confirm yours with the link, the code on your slip, or at the secretary's desk.")
    if seat.invitation and seat.invitation.capacity != "MEMBER":
        return _("You sit in: you may listen and speak, but not vote.")
    return _("Your seat was confirmed after this vote had opened. You can vote in the next one.")


def rows(ballot: Ballot) -> list[tuple[str, int, str]]:
    """The split, only once it is closed: word, votes, tone."""
    if not ballot.counts:
        return []
    return [(str(row.label), row.votes, TONES.get(row.code, "yes")) for row in ballot.tally().rows]


def owners_rows(ballot: Ballot) -> list[tuple[str, int, int]]:
    """Owners count twice: word, persons, area in cm²."""
    if ballot.electorate != "owners" or not ballot.counts:
        return []
    words = {"participating": _("Took part"), **{row.code: str(row.label) for row in ballot.tally().rows}}
    kept = {key: ballot.figures[key] for key in words if key in ballot.figures}
    return [(words[key], pair["persons"], pair["area_cm2"]) for key, pair in kept.items()]


async def desk(ballot: Ballot, by: Actor) -> dict[str, bool]:
    """What whoever conducts it may do now."""
    acts = ("open", "close", "declare", "cancel", "enter_paper", "count")
    allowed = {act: await may(by, f"ballot.{act}", ballot) for act in acts} if ballot.stage not in ("declared", "cancelled") else {}
    held = {act: allowed.get(act, False) for act in acts}
    held["count"] = held["count"] and ballot.paper
    held["close"] = held["close"] and not ballot.paper
    held["enter_paper"] = held["enter_paper"] and not ballot.paper and ballot.running()
    held["again"] = ballot.undecided and await may(by, "ballot.draw", ballot)
    return held
