"""Conducting a ballot: open it on a quorum with the entitled frozen, close it by the server's clock, declare what the law makes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from council import clock
from council.db import sql
from council.i18n import LANGUAGES, Phrase, speaking
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings import custodians, electorates, quorate, scrutiny, tallying
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot, Entitlement, PaperCount
from council.proceedings.electorates import Voter
from council.proceedings.meetings import Meeting
from council.proceedings.orders import RulesOfOrder
from council.proceedings.rollobjections import RollObjection
from council.refusals import Conflict, Refusal
from council.rules.decide import Decision, decide
from council.rules.figures import COUNTED, TOOK_PART
from council.rules.law import Flag
from council.rules.methods import voting_method
from council.rules.tally import NOTHING
from council.rules.thresholds import threshold

OUTCOMES = {True: "carried", False: "rejected", None: "seconded"}


async def open_ballot(ballot: Ballot, *, by: Actor, closes_at: datetime | None = None) -> None:
    """Open: a notified item, a quorum, the entitled frozen. `closes_at` itself is too late; outside a meeting it must be given."""
    async with writing():
        await must(by, "ballot.open", ballot)
        now = clock.now()
        if closes_at is not None and closes_at <= now:
            raise Refusal("This time is past. Choose a later one.", field="closes_at")
        if closes_at is None and ballot.meeting_id is None:
            raise Refusal("Say until when votes are taken.", field="closes_at")
        await _settled(ballot)
        terms = ballot.terms | await _order(ballot)
        await ballot.move("open", opened_at=now, closes_at=closes_at, roll_opened=await roll_number(), terms=terms)
        await _freeze(ballot, await _electorate(ballot))
        about = {"entitled": ballot.entitled, "area_cm2": ballot.entitled_area, "round": ballot.round}
        await ballot.note("ballot.opened", by, texts={"figures": scrutiny.base(ballot)}, **about)


async def _order(ballot: Ballot) -> dict[str, bool]:
    """What the meeting's rules of order settle for the paper, as they stand when it opens: whether one may abstain."""
    if ballot.meeting_id is None or (await RulesOfOrder.of(ballot.meeting_id)).on("abstention"):
        return {}
    return {"abstain": False}


async def _settled(ballot: Ballot) -> None:
    """Nothing opens while an objection to the roll waits for its answer, or a custodian has no code."""
    if await RollObjection.unanswered(ballot):
        raise Conflict("An objection to the list of voters waits for its answer.")
    if ballot.secret:
        await custodians.keys(ballot)


async def roll_number() -> int:
    """The version of the roll: everything that changes who is listed is in the journal, up to this entry."""
    newest = await Entry.all().order_by("-id").first()
    return newest.id if newest else 0


async def _electorate(ballot: Ballot) -> list[Voter]:
    if ballot.meeting_id is None:
        return await electorates.outside(ballot.electorate, ballot.path, ballot.register_id)
    await _take_up(ballot)
    return await quorate.in_the_room(ballot)


async def _take_up(ballot: Ballot) -> None:
    """The agenda lock: decided is only what stood in the notice, one thing at a time, while the meeting is open."""
    item = await AgendaItem.get(id=ballot.item_id)
    meeting = await Meeting.get(id=ballot.meeting_id)
    if not item.notified:
        raise Conflict("This item did not stand in the notice: it may be discussed, but not decided today.")
    if threshold(meeting.rule_id).women and meeting.women is None:
        raise Conflict("Enter first how many of the villagers' representatives are women: the law asks for a third (art. 29).")
    if meeting.stage != "open" or item.stage not in ("open", "voting"):
        raise Conflict("A vote opens only while the meeting is open and this item is taken up.")
    if await Ballot.filter(meeting_id=ballot.meeting_id, stage="open").exclude(id=ballot.id).exists():
        raise Conflict("Another vote is open. One thing at a time.")
    await AgendaItem.filter(id=item.id).update(stage="voting")


async def _freeze(ballot: Ballot, voters: list[Voter]) -> None:
    """Keep who is entitled and what the rule will be asked; refuse where the rule has no quorum here."""
    if not voters and ballot.meeting_id is None:
        raise Conflict("Nobody is entitled: there is no household or owner in this list.")
    ballot.entitled, ballot.entitled_area = len(voters), sum(voter.area_cm2 for voter in voters)
    ballot.present = len(voters) if ballot.meeting_id else 0
    ballot.figures = await _base(ballot)
    if ballot.meeting_id:
        must_be_quorate(decide(ballot.rule_id, ballot.figures | {"yes": 0}), ballot.present)
    await Entitlement.bulk_create([_entitlement(ballot, voter) for voter in voters], batch_size=150)
    await ballot.save(update_fields=["entitled", "present", "entitled_area", "figures"])


def _entitlement(ballot: Ballot, voter: Voter) -> Entitlement:
    return Entitlement(ballot_id=ballot.id, voter=voter.key, person_id=voter.person_id, label=voter.label[:120], area_cm2=voter.area_cm2)


async def _base(ballot: Ballot) -> dict[str, Any]:
    """What the rule is asked apart from the votes."""
    bound = {"owners_item": ballot.owners_item} if ballot.owners_item else {}
    if ballot.electorate == "owners":
        medium = "paper" if ballot.paper else "electronic"
        return {"entitled": {"persons": ballot.entitled, "area_cm2": ballot.entitled_area}, "medium": medium}
    if ballot.meeting_id is None:
        return {"entitled": ballot.entitled} | bound
    meeting = await Meeting.get(id=ballot.meeting_id)
    return await electorates.meeting_figures(meeting, ballot.rule_id, ballot.present) | bound


def must_be_quorate(decision: Decision, present: int) -> None:
    """Refuse a vote that the law does not let a meeting hold."""
    if Flag.NO_PARTY_DISCUSSION in decision.flags:
        raise Conflict("The Party organisation must discuss it first, and that is not recorded: no vote can open.")
    if Flag.COMPOSITION in decision.flags:
        raise Conflict("This meeting is not composed as the law asks: no vote can open.")
    if decision.quorate is False:
        raise Conflict("No quorum: %(present)s are present, %(needed)s are needed.", present=present, needed=decision.quorum)


async def close_ballot(ballot: Ballot, *, by: Actor | None) -> None:
    """Close: from here on nothing is taken, and what stands is counted. `by` is None when the time has run out."""
    async with writing():
        if by is not None:
            await must(by, "ballot.close", ballot)
            await _not_before_its_time(ballot)
        elif ballot.running():
            raise Conflict("Its time has not run out yet.")
        await quorate.must_still_be(ballot)
        await ballot.move("closed", closed_at=clock.now(), roll_closed=await roll_number())
        ballot.cast = (await Ballot.get(id=ballot.id)).cast
        if not ballot.secret:
            await count(ballot, await _on_paper(ballot) if ballot.paper else await tallying.counted(ballot))
        counts = {} if ballot.secret else ballot.figures["counts"]
        await ballot.note("ballot.closed", by, cast=ballot.cast, counts=counts, areas=scrutiny.areas(ballot))


async def _not_before_its_time(ballot: Ballot) -> None:
    """Outside a meeting people rely on the time that was given; only when everybody has voted is nobody cut off."""
    if ballot.meeting_id is not None or ballot.paper or not ballot.running():
        return
    if (await Ballot.get(id=ballot.id)).cast < ballot.entitled:
        raise Conflict("The time that was given is kept: votes are taken until then.")


async def count(ballot: Ballot, found: dict[str, Any]) -> None:
    """Keep what the papers come to. They must come to the turnout that was shown while it was open."""
    if sum(found["counts"].values()) != ballot.cast:
        raise RuntimeError(f"ballot {ballot.id}: {sum(found['counts'].values())} papers are counted, {ballot.cast} were taken")
    ballot.figures = {**ballot.figures, **found}
    await ballot.save(update_fields=["figures", "cast"])


async def _on_paper(ballot: Ballot) -> dict[str, Any]:
    """The figures that two persons came to independently."""
    agreed = await agreed_count(ballot)
    if agreed is None:
        raise Conflict("A vote on paper closes when two persons have counted the same.")
    ballot.cast = agreed.figures["participating"]["persons"]
    return agreed.figures | {"counts": {key: agreed.figures[key]["persons"] for key in COUNTED}}


async def agreed_count(ballot: Ballot) -> PaperCount | None:
    """A count that two persons entered alike."""
    counts = await PaperCount.filter(ballot_id=ballot.id).order_by("id")
    pairs = (one for n, one in enumerate(counts) if any(one.figures == other.figures for other in counts[:n]))
    return next(pairs, None)


async def declare_ballot(ballot: Ballot, *, by: Actor) -> Decision:
    """Declare: the rule's arithmetic over the count, its legal effect, and whether the owners must vote. The outcome goes to the proposal."""
    async with writing():
        await must(by, "ballot.declare", ballot)
        if not ballot.counted:
            raise Conflict("The papers are still sealed: two custodians must open them first.")
        if await unchecked(ballot):
            raise Conflict("A second person must check the papers collected at the door first.")
        return await announce(ballot, by=by)


async def announce(ballot: Ballot, *, by: Actor) -> Decision:
    """What the rule makes of the count. Within the caller's `writing()`, where the power was asked."""
    decision = decide(ballot.rule_id, asked(ballot), behind(ballot))
    await ballot.move("declared", declared_at=clock.now())
    ballot.decision, ballot.needs_owners = (in_every_language(ballot, decision), Flag.NEEDS_OWNERS_VOTE in decision.flags)
    await ballot.save(update_fields=["decision", "needs_owners"])
    await ballot.release(OUTCOMES[decision.carried])
    await ballot.note("ballot.declared", by, carried=decision.carried, effect=decision.legal_effect.value)
    return decision


async def unchecked(ballot: Ballot) -> int:
    """How many papers collected at the door wait for a second person's check."""
    # In words of its own: only with the channel written out is the index of unchecked papers used.
    rows = await sql("SELECT COUNT(*) AS n FROM vote WHERE ballot_id = ? AND channel = 'door' AND checked_at IS NULL", ballot.id)
    return int(rows[0]["n"])


def asked(ballot: Ballot) -> dict[str, Any]:
    """The whole question to the rule: what was frozen at opening, and the votes."""
    figures = {key: value for key, value in ballot.figures.items() if key != "counts"}
    if ballot.electorate == "owners":
        return figures
    if ballot.meeting_id is None:
        figures[TOOK_PART.get(threshold(ballot.rule_id).way, "present")] = ballot.cast
    if ballot.method != "yes_no_abstain":
        return figures | {"yes": ballot.outcome().yes}
    return figures | {key: ballot.papers.get(key, 0) for key in COUNTED}


def behind(ballot: Ballot) -> Phrase | None:
    """Whose votes the rule is asked about, in words, where the vote is between options; where nothing was chosen, that."""
    if ballot.method == "yes_no_abstain":
        return None
    return voting_method(ballot.method).behind if ballot.outcome().won else NOTHING


HUSHED = Phrase("So few voted in secret that only the outcome is told, not the numbers.")


def in_every_language(ballot: Ballot, decision: Decision) -> dict[str, Any]:
    """The decision as it was, whatever a later release computes: its sentences in each language we speak."""
    kept = decision.as_json() | {"quorum": decision.quorum}
    sentences = (HUSHED,) if ballot.hushed else decision.arithmetic
    for code in LANGUAGES:
        with speaking(code):
            kept[f"arithmetic_{code}"] = [str(sentence) for sentence in sentences]
    del kept["arithmetic"]
    return kept
