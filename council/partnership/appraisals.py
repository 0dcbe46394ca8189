"""The yearly two-way evaluation (双向评价): 甲方 says how each partner did, each partner how 甲方 did.

Nobody reads what the other side gave before having given an own one, so that neither answers the other's. The scores stand in the unit's
record, for those who lead the place and for the parties; nobody else reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.partnership.agreements import Agreement, Signatory
from council.refusals import Conflict, Forbidden, Refusal

ASKED: dict[str, Phrase] = {
    "kept": Phrase("Did they do what was agreed?"),
    "together": Phrase("Was it easy to work together?"),
    "useful": Phrase("Did residents gain from it?"),
}
POINTS: dict[int, Phrase] = {5: Phrase("very much"), 4: Phrase("mostly"), 3: Phrase("partly"), 2: Phrase("hardly"), 1: Phrase("not at all")}
STAGES = ("effective", "ended", "renewed")


class Appraisal(Model):
    """One party's points from 1 to 5 for another in one year, with words. One each year, and it stays as it was given."""

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    year = fields.IntField()
    giver: fields.ForeignKeyRelation[Signatory] = belongs("Signatory")
    giver_id: int
    about: fields.ForeignKeyRelation[Signatory] = belongs("Signatory")
    about_id: int
    kept = fields.IntField()
    together = fields.IntField()
    useful = fields.IntField()
    words = fields.CharField(300, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "appraisal"
        unique_together = (("agreement", "year", "giver", "about"),)

    @property
    def points(self) -> tuple[int, int, int]:
        return self.kept, self.together, self.useful


@dataclass(frozen=True)
class Given:
    """Points from 1 to 5 for each question of ASKED, and words."""

    kept: int
    together: int
    useful: int
    words: str = ""


def years(agreement: Agreement) -> list[int]:
    """The years that can be evaluated: from the one in which it took effect to this one, or to the one of its last day."""
    if agreement.kind != "partnership" or agreement.stage not in STAGES or agreement.effective_on is None:
        return []
    return list(range(agreement.effective_on.year, min(clock.today().year, agreement.last_day.year) + 1))


def open_year(agreement: Agreement) -> int | None:
    """The year that is evaluated now: from November to the end of January, and in the last month of the term."""
    today = clock.today()
    year = today.year if today.month >= 11 else today.year - 1 if today.month == 1 else None
    if year is None and 0 <= (agreement.last_day - today).days <= 30:
        year = today.year
    return year if year in years(agreement) else None


async def owed(agreement: Agreement, signatory: Signatory, year: int) -> list[Signatory]:
    """Of whom this party has still to speak: 甲方 of every partner, a partner of 甲方."""
    rows = [each for each in await agreement.signatories() if each.stage in ("signed", "left")]
    others = rows[1:] if signatory.order == 0 else rows[:1]
    said = {row.about_id for row in await Appraisal.filter(giver_id=signatory.id, year=year)}
    return [each for each in others if each.id not in said and each.id != signatory.id]


async def appraise(signatory: Signatory, about: int, given: Given, *, by: Actor) -> Appraisal:
    """This party evaluates another one for the year that is open. It cannot be changed afterwards: the other side may read it then."""
    if not all(each in POINTS for each in (given.kept, given.together, given.useful)):
        raise Refusal("Answer all three questions.", field="kept")
    async with writing():
        agreement = await Agreement.get(id=signatory.agreement_id)
        await must(by, "agreement.appraise", agreement)
        if not signatory.is_for(by):
            raise Forbidden("This is not yours to do.")
        year = open_year(agreement)
        if year is None:
            raise Conflict("The yearly evaluation is open in November, December and January, and in the last month of the term.")
        if about not in [each.id for each in await owed(agreement, signatory, year)]:
            raise Conflict("You have given this evaluation already.")
        made = await Appraisal.create(
            agreement=agreement, year=year, giver=signatory, about_id=about, kept=given.kept, together=given.together,
            useful=given.useful, words=given.words, at=clock.now(),
        )  # fmt: skip
        texts = {"words": given.words}
        await note("agreement.appraised", agreement, await signatory.signer, texts=texts, signatory=signatory.id, about=about, year=year)
    return made


async def readable(agreement: Agreement, signatory: Signatory | None, leads: Person | None) -> list[Appraisal]:
    """What may be read: what a party gave itself; and, once both sides have spoken or the time for it is over, what was said of it.

    Those who lead the place read everything of which that holds.
    """
    rows = await Appraisal.filter(agreement_id=agreement.id).select_related(
        "giver__organisation", "giver__signer", "about__organisation", "about__signer"
    ).order_by("-year", "id").limit(400)  # fmt: skip
    spoken, now = {(row.year, row.giver_id, row.about_id) for row in rows}, open_year(agreement)
    told = [row for row in rows if row.year != now or (row.year, row.about_id, row.giver_id) in spoken]
    if signatory is None:
        return told if leads else []
    return [row for row in rows if row.giver_id == signatory.id or (row.about_id == signatory.id and row in told)]
