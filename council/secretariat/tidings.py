"""Tidings: the reporter hears what became of her matter, and whoever had confirmed it hears when she takes it back."""

from __future__ import annotations

from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.people import Person
from council.proceedings.matters import Matter
from council.proceedings.referrals import Referral
from council.proceedings.triage import Decision
from council.secretariat import inbox

SAID = {
    "matter.handed_over": Phrase("Your matter No. %(number)s was handed over to %(body)s. Open it to read what was said."),
    "matter.taken_back": Phrase("Your matter No. %(number)s came back to us: it is taken up again."),
    "matter.answered": Phrase("Your matter No. %(number)s has an answer. Please say whether it is solved."),
    "matter.settled": Phrase("Your matter No. %(number)s is settled. Please say whether you are content."),
    "matter.done": Phrase("Your matter No. %(number)s: the work is done. Please say whether it is solved."),
}
WITHDRAWN = Phrase("Matter No. %(number)s was taken back by whoever reported it.")


async def hear(entry: Entry) -> None:
    """A listener of the journal. No title is told: an inbox is read over a shoulder, and a slip goes through other hands."""
    if entry.subject != "Matter" or entry.act not in {*SAID, "matter.withdrawn"}:
        return
    matter = await Matter.get(id=entry.subject_id)
    whom = await (_confirmed(matter) if entry.act == "matter.withdrawn" else Person.get_or_none(id=matter.reporter_id or 0))
    if whom is not None and whom.id != entry.by_id:
        async with writing():
            await inbox.tell(whom, await _phrase(entry, matter), link=f"/matters/{matter.id}", subject=matter)


async def _confirmed(matter: Matter) -> Person | None:
    last = await Decision.filter(matter_id=matter.id).order_by("-id").first()
    return await Person.get_or_none(id=last.by_id) if last else None


async def _phrase(entry: Entry, matter: Matter) -> Phrase:
    if entry.act == "matter.withdrawn":
        return Phrase(WITHDRAWN.message, number=matter.id)
    referral = await Referral.get_or_none(id=entry.numbers.get("referral", 0))
    return Phrase(SAID[entry.act].message, number=matter.id, body=referral.name if referral else "")
