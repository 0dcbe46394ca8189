"""Hand-offs: what belongs to another body at once (119, gas, court …), recorded without becoming a matter."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must, standing
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import lookup
from council.proceedings.matters import MOST
from council.refusals import NotFound
from council.rules import privacy
from council.rules.bodies import HANDOFF_NUMBERS
from council.rules.powers import POWERS


class HandOff(Model):
    """A report for another body. `to` names the bodies as `rules.bodies.HANDOFF_NUMBERS` does, most urgent first."""

    id = fields.IntField(primary_key=True)
    text = fields.TextField()
    salt = fields.CharField(32, default=new_salt)
    to: list[str] = fields.JSONField(default=list)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    spot = fields.CharField(120, default="")
    at = fields.DatetimeField()
    nonce = fields.CharField(64, null=True, unique=True)
    seen_by_id = fields.IntField(null=True)

    class Meta:
        table = "hand_off"

    @classmethod
    async def numbered(cls, number: int) -> HandOff:
        """The hand-off, or NotFound."""
        found = await cls.get_or_none(id=number) if number <= MOST else None
        if found is None:
            raise NotFound
        return found

    async def relations(self, by: Actor | None) -> set[str]:
        """Not yet placed exactly, it concerns everybody at work inside the place named."""
        offices, held = POWERS["handoff.see"].offices, await standing(by)
        return {"near"} if any(code in offices and path.startswith(self.path) for code, path, _ in held.holds) else set()

    async def locate(self, place: Place, spot: str, *, by: Actor) -> None:
        """Said afterwards: where it is, so that the grid worker can go and look."""
        privacy.check_text(spot, "spot")
        async with writing():
            self.place, self.path, self.spot = place, place.path, spot
            await self.save(update_fields=["place_id", "path", "spot"])
            await note("handoff.located", self, by)

    async def note_seen(self, *, by: Person) -> None:
        """An officer has seen it and follows it up."""
        async with writing():
            await must(by, "handoff.see", self)
            self.seen_by_id = by.id
            await self.save(update_fields=["seen_by_id"])
            await note("handoff.seen", self, by)


async def record(text: str, to: list[str], place: Place, nonce: str, *, by: Actor) -> HandOff:
    """Write down that somebody was sent elsewhere. The same words sent again are the same hand-off."""
    mark = lookup(f"{nonce}\n{text}", "handoff")
    async with writing():
        if (known := await HandOff.get_or_none(nonce=mark)) is not None:
            return known
        made = await HandOff.create(text=text, to=to, place=place, path=place.path, at=clock.now(), nonce=mark)
        await note("handoff.recorded", made, by, to=to, texts={"text": text})
    return made


def to_ring(codes: list[str], gas: str) -> list[dict[str, Any]]:
    """Each number once, the most urgent first, with what to do until help comes."""
    found: dict[str, dict[str, Any]] = {}
    for code in codes:
        body = HANDOFF_NUMBERS[code]
        telephone = (code == "GAS" and gas) or body.phone
        found.setdefault(telephone, {"name": body.name, "advice": body.advice, "telephone": telephone})
    return list(found.values())


def heard(suggestion: dict[str, Any]) -> str:
    """The reporter's own words for which it is handed on, up to three; "" when there are none to quote."""
    told: list[str] = next((reason["words"] for reason in suggestion.get("reasons", []) if reason["test"] == "T0"), [])
    whole = [word for word in told if not any(word in other and word != other for other in told)]
    return "”“".join(([word for word in whole if len(word) > 1] or whole)[:3])
