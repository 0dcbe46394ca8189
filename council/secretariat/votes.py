"""Whom a vote waits for hears of it: those who keep its codes, whoever drew it up, whoever objected to its list of voters."""

from __future__ import annotations

from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.proceedings.ballotboard import heading
from council.proceedings.ballots import Ballot
from council.proceedings.custodians import Custodian
from council.proceedings.rollobjections import RollObjection
from council.secretariat import inbox

NAMED = Phrase("You are to keep a code of the secret vote “%(question)s”. Please make your code: it opens only after all three are made.")
CLOSED = Phrase("The secret vote “%(question)s” has ended. Please bring your code: two of the three open the papers.")
OBJECTED = Phrase("Somebody objects to the list of voters of “%(question)s”. It opens only after your answer.")
ANSWERED = Phrase("Your objection to the list of voters of “%(question)s” has been answered.")
WORDS = {"ballot.custodians_named": NAMED, "ballot.closed": CLOSED, "ballot.roll_objected": OBJECTED, "ballot.roll_answered": ANSWERED}


async def hear(entry: Entry) -> None:
    """A listener of the journal."""
    if entry.act not in WORDS:
        return
    ballot = await Ballot.get(id=entry.subject_id)
    people = sorted({one for one in await _whom(entry, ballot) if one and one != entry.by_id})
    if people:
        phrase = Phrase(WORDS[entry.act].message, question=heading(ballot))
        async with writing():
            await inbox.tell_all(people, phrase, link=f"/ballots/{ballot.id}", subject=ballot)


async def _whom(entry: Entry, ballot: Ballot) -> list[int | None]:
    if entry.act in ("ballot.custodians_named", "ballot.closed"):
        return [one.person_id for one in await Custodian.of(ballot)]
    if entry.act == "ballot.roll_answered":
        return [(await RollObjection.get(id=entry.numbers["objection"])).by_id]
    return [one.by_id for one in await Entry.filter(subject="Ballot", subject_id=ballot.id, act="ballot.drawn")]
