"""You said, we did: every group gets an answer with its reason and what it became; then the consultation is concluded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings import agenda, questions, recordings
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Contribution, counts
from council.proceedings.headings import BECAME, VERDICTS, Heading, listening
from council.proceedings.matters import Matter, hold
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.proceedings.resolutions import Resolution
from council.refusals import Conflict, Refusal
from council.rules import stages
from council.rules.decide import RESULTS
from council.rules.privacy import check_text, redact
from council.rules.tally import MOST_OPTIONS


@dataclass(frozen=True)
class Reply:
    """The answer to a group. `became`: "AgendaItem:7", "Proposal:3", … or empty."""

    verdict: str
    words: str
    became: str = ""


async def reply(heading: Heading, given: Reply, *, by: Person) -> None:
    """Answer a group, for everybody to read. It can be written anew until the consultation is concluded."""
    consultation = await Consultation.get(id=heading.consultation_id)
    if given.verdict not in VERDICTS:
        raise Refusal("Choose one of the answers shown.", field="verdict")
    if len(check_text(given.words.strip(), "words")) < 4:
        raise Refusal("Write the reason in a sentence.", field="words")
    kind, _, number = given.became.partition(":")
    if given.became and given.became not in dict(await outcomes(consultation)):
        raise Refusal("Choose one of the answers shown.", field="became")
    async with writing():
        await must(by, "consultation.reply", consultation)
        heading.verdict, heading.answer = given.verdict, redact(given.words.strip())
        heading.became, heading.became_id = kind, int(number or 0) or None
        heading.answered_at, heading.answered_by_id = clock.now(), by.id
        await heading.save(update_fields=["verdict", "answer", "became", "became_id", "answered_at", "answered_by_id"])
        await note("heading.answered", heading, by, consultation=consultation.id, verdict=given.verdict, texts={"answer": heading.answer})


Became = AgendaItem | Proposal | Ballot | Resolution


async def became(consultation: Consultation) -> list[Became]:
    """What there is of it since: agenda items of the matter or of this consultation, their proposals, ballots and resolutions."""
    numbers = {consultation.item_id} - {None}
    if consultation.matter_id:
        numbers |= {one.id for one in await AgendaItem.filter(matter_id=consultation.matter_id).only("id")}
    items = await AgendaItem.filter(id__in=list(numbers) or [0], meeting__private=False).order_by("id")
    of_items = Q(item_id__in=[one.id for one in items] or [0])
    return [
        *items, *await Proposal.filter(of_items | Q(id=consultation.proposal_id or 0), amends_id=None).order_by("id"),
        *await Ballot.filter(of_items | Q(id=consultation.ballot_id or 0)).order_by("id"),
        *await Resolution.filter(of_items, private=False).order_by("id"),
    ]  # fmt: skip


def named(one: Became) -> str:
    """The first words of it."""
    return (one.title if isinstance(one, AgendaItem) else one.question if isinstance(one, Ballot) else one.text).splitlines()[0]


async def outcomes(consultation: Consultation) -> list[tuple[str, str]]:
    """What a group can have become, as a form offers it."""
    found = [(type(one).__name__, one) for one in await became(consultation)]
    return [(f"{kind}:{one.id}", f"{BECAME[kind][1]} · {named(one)[:40]}") for kind, one in found]


@dataclass(frozen=True, slots=True)
class Step:
    """One station of the way from what was said to what was done: what it is, its words, its page, how it stands."""

    kind: Phrase
    words: str
    path: str
    state: str


async def trail(consultation: Consultation) -> list[Step]:
    """What became of it so far, in the order of the way: before a meeting, proposed, voted, resolved."""
    return [Step(BECAME[type(one).__name__][1], named(one)[:80], _path(one), _state(one)) for one in await became(consultation)]


def _path(one: Became) -> str:
    if isinstance(one, AgendaItem):
        return f"/meetings/{one.meeting_id}"
    return f"/{type(one).__name__.lower()}s/{one.id}"


def _state(one: Became) -> str:
    if isinstance(one, Ballot) and one.stage == "declared" and "carried" in one.decision:
        return str(RESULTS[one.decision["carried"]])
    return str(stages.name(type(one).__name__, one.stage))


async def link(heading: Heading, outcome: str, *, by: Person) -> None:
    """Say what a group became once there is something to point at; the answer itself stays as it was given."""
    consultation = await Consultation.get(id=heading.consultation_id)
    if outcome and outcome not in dict(await outcomes(consultation)):
        raise Refusal("Choose one of the answers shown.", field="became")
    kind, _, number = outcome.partition(":")
    async with writing():
        await must(by, "consultation.report", consultation)
        await Heading.filter(id=heading.id).update(became=kind, became_id=int(number or 0) or None)
        await note("heading.linked", heading, by, consultation=consultation.id, became=outcome)


async def rests_on(ballot: Ballot) -> list[Consultation]:
    """The concluded consultations that a vote goes back to."""
    found = Q(ballot_id=ballot.id)
    if ballot.item_id:
        found |= Q(item_id=ballot.item_id)
    if ballot.matter_id:
        found |= Q(matter_id=ballot.matter_id)
    return await Consultation.filter(found, stage="answered").order_by("id")


async def asked_about(consultation: Consultation) -> Proposal | None:
    """The proposal that a consultation was opened on."""
    return await Proposal.get_or_none(id=consultation.proposal_id or 0)


async def conclude(consultation: Consultation, words: str, *, by: Person) -> None:
    """Finished: every opinion stands in a group, is joined or hidden with a reason, and every group is answered. Those who spoke are told."""
    if len(check_text(words.strip(), "words")) < 4:
        raise Refusal("Write the result in a few sentences.", field="words")
    async with writing():
        await must(by, "consultation.reply", consultation)
        stages.check("Consultation", consultation.stage, "answered")
        if spoken := await recordings.waiting(consultation):
            raise Conflict("%(n)s recordings have not been written down yet.", n=len(spoken))
        heard = await listening(consultation)
        if heard.loose:
            raise Conflict("%(n)s opinions stand under no heading yet. Put each under one, or answer it on its own.", n=len(heard.loose))
        if waiting := [one for one in heard.groups if not one.heading.answered_at and one.remarks]:
            raise Conflict("%(n)s groups have no answer yet.", n=len(waiting))
        values = {"stage": "answered", "conclusion": redact(words.strip()), "concluded_at": clock.now()}
        if not await Consultation.filter(id=consultation.id, stage="closed").update(**values):
            raise Conflict("Somebody was faster: please look at the newest state.")
        consultation.update_from_dict(values)
        await consultation.note("consultation.concluded", by, {"conclusion": consultation.conclusion}, groups=len(heard.groups))


async def put_on_agenda(consultation: Consultation, meeting: Meeting, *, by: Person) -> AgendaItem:
    """The result goes before a meeting as a topic of its own, or with the matter it is about."""
    async with writing():
        await hold(consultation)
        await must(by, "consultation.report", consultation)
        if consultation.item_id is not None:
            raise Conflict("It stands on an agenda already.")
        matter = await Matter.get_or_none(id=consultation.matter_id or 0)
        listed = matter if matter is not None and matter.stage in ("confirmed", "deliberated") else None
        item = await agenda.add(meeting, consultation.question[:120], by=by, words=consultation.conclusion[:1000], matter=listed)
        consultation.item_id = item.id
        await consultation.save(update_fields=["item_id"])
        await consultation.note("consultation.put_on_agenda", by, item=item.id, meeting=meeting.id)
    return item


async def to_ballot(consultation: Consultation, *, by: Person) -> Ballot:
    """A wish list with its costs becomes a budget ballot of the same place, drawn up and not yet open; of a long list what was wished most."""
    if consultation.form != "wishes" or not consultation.budget:
        raise Conflict("Only a wish list with a budget becomes a budget ballot.")
    async with writing():
        await hold(consultation)
        await must(by, "consultation.report", consultation)
        if consultation.ballot_id is not None:
            raise Conflict("The ballot has been drawn up already.")
        way = questions.Way(method="budget", numbers={"limit": consultation.budget}, electorate="households")
        ballot = await questions.draw_outside(
            await consultation.place, consultation.question, by=by, matter=await Matter.get_or_none(id=consultation.matter_id or 0),
            options=tuple(f"{one['text']} {one['cost']}" for one in await foremost(consultation)), way=way,
        )  # fmt: skip
        consultation.ballot_id = ballot.id
        await consultation.save(update_fields=["ballot_id"])
        await consultation.note("consultation.became_ballot", by, ballot=ballot.id)
    return ballot


async def foremost(consultation: Consultation) -> list[dict[str, Any]]:
    """As many wishes as a ballot holds: those that adults put highest, in the order of the list."""
    chosen, size = await counts(consultation), len(consultation.parts)
    points = {key: sum((size + 1 - int(place)) * n for place, n in places.items()) for key, places in chosen.items()}
    best = sorted(consultation.parts, key=lambda one: (-points[one["key"]], int(one["key"])))[:MOST_OPTIONS]
    return [one for one in consultation.parts if one in best]


async def before(item: AgendaItem) -> list[Consultation]:
    """The concluded consultations an agenda item rests on: the discussion before the meeting."""
    found = Consultation.filter(stage="answered", item_id=item.id)
    if item.matter_id:
        found = Consultation.filter(stage="answered", matter_id=item.matter_id)
    return await found.order_by("id")


async def spoke_by_way(consultation: Consultation) -> dict[str, list[int]]:
    """The people with an account who spoke, by the way in which they want to hear what became of it ("" where they chose none)."""
    rows = await Contribution.filter(consultation_id=consultation.id, person_id__isnull=False).values_list("person_id", "tell")
    found: dict[str, set[int]] = {}
    for person, tell in rows:
        found.setdefault(str(tell), set()).add(int(str(person)))
    return {tell: sorted(people) for tell, people in found.items()}


async def spoke(consultation: Consultation) -> list[int]:
    """The people with an account who answered or for whom a paper was entered: each once."""
    rows = await Contribution.filter(consultation_id=consultation.id, person_id__isnull=False).values_list("person_id", flat=True)
    return sorted({int(str(one)) for one in rows})
