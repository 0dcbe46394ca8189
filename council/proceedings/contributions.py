"""What stands of the answers to a consultation: one contribution a voter, and its remarks, each an opinion in words."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.people import Actor, Person, Visitor, new_salt
from council.proceedings.asking import place_of
from council.proceedings.consultations import Consultation

STANCES: dict[str, Phrase] = {"for": Phrase("I am for it"), "fine": Phrase("I can live with it"), "against": Phrase("I am against it")}
TELL: dict[str, Phrase] = {
    "inbox": Phrase("In my inbox here"), "mail": Phrase("By e-mail"), "slip": Phrase("On paper, brought to my door"),
    "none": Phrase("Not at all: I will look at this page or the notice board"),
}  # fmt: skip
CHANNELS: dict[str, Phrase] = {"web": Phrase("by phone or computer"), "paper": Phrase("on paper"), "door": Phrase("at the door")}


class Contribution(Model):
    """What one voter answered. `choices` holds what was chosen or ranked by part, the words are remarks of their own.

    `tell` is the way they chose to hear what became of it, empty where they chose none. `version` counts the changes. `minor` marks an answer
    given by a child: it is heard, and counted in no figure. `person_id` is whom to tell what became of it, empty where somebody answered without
    an account.
    """

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    voter = fields.CharField(40)
    choices: dict[str, str] = fields.JSONField(default=dict)
    minor = fields.BooleanField(default=False)
    channel = fields.CharField(8, default="web")
    entered_by_id = fields.IntField(null=True)
    person_id = fields.IntField(null=True)
    witness = fields.CharField(50, default="")
    tell = fields.CharField(8, default="")
    version = fields.IntField(default=1)
    receipt = fields.CharField(12)
    made_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "contribution"
        unique_together = (("consultation", "voter"),)

    async def relations(self, by: Actor | None) -> set[str]:
        if isinstance(by, Visitor):
            mine = by.holds("Contribution", self.id) or await self._asked(by)
        else:
            mine = by is not None and (by.id == self.person_id or await self._asked(by))
        return {"author"} if mine else set()

    async def _asked(self, by: Actor) -> bool:
        place = await place_of(await Consultation.get(id=self.consultation_id), by)
        return place is not None and place.voter == self.voter


class Remark(Model):
    """One opinion in words, as everybody may read it: card and telephone numbers and full names were masked before it was kept.

    `part` names the clause, option or wish it is about, empty for the whole, `version` of a draft it was written on. Nothing is deleted: a
    changed remark is `withdrawn_at` by its author, a hidden one keeps its public reason, a duplicate points at the one it repeats.
    """

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    contribution: fields.ForeignKeyRelation[Contribution] = belongs("Contribution")
    contribution_id: int
    part = fields.CharField(8, default="")
    version = fields.IntField(default=1)
    words = fields.TextField()
    minor = fields.BooleanField(default=False)
    made_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    hidden_at = fields.DatetimeField(null=True)
    hidden_by_id = fields.IntField(null=True)
    hidden_reason = fields.CharField(300, default="")
    same_as: fields.ForeignKeyNullableRelation[Remark] = belongs("Remark", null=True)
    same_as_id: int | None
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "remark"
        indexes = (("consultation_id", "withdrawn_at", "id"), ("contribution_id", "id"))

    async def relations(self, by: Actor | None) -> set[str]:
        return await (await Contribution.get(id=self.contribution_id)).relations(by)

    @classmethod
    async def of(cls, consultation: Consultation) -> list[Remark]:
        """All that stands, hidden and joined ones too, oldest first."""
        return await cls.filter(consultation_id=consultation.id, withdrawn_at=None).order_by("id")


async def mine(consultation: Consultation, by: Actor) -> Contribution | None:
    """The answer that stands for this actor: their own, or their household's."""
    if (place := await place_of(consultation, by)) is not None:
        return await Contribution.get_or_none(consultation_id=consultation.id, voter=place.voter)
    if isinstance(by, Person):
        return await Contribution.get_or_none(consultation_id=consultation.id, voter=f"person:{by.id}")
    carried = [number for kind, number in by.carries if kind == "Contribution"]
    return await Contribution.filter(consultation_id=consultation.id, id__in=carried or [0]).first()


async def words_of(contribution: Contribution) -> dict[str, str]:
    """What stands of an answer, by part: to show it to its author."""
    return {one.part: one.words for one in await Remark.filter(contribution_id=contribution.id, withdrawn_at=None)}


async def counts(consultation: Consultation) -> dict[str, Any]:
    """Choices of adults by part: how often each was chosen."""
    found: dict[str, dict[str, int]] = {one["key"]: {} for one in consultation.parts}
    for one in await Contribution.filter(consultation_id=consultation.id, minor=False).only("id", "choices"):
        for part, choice in one.choices.items():
            found[part][choice] = found[part].get(choice, 0) + 1
    return found
