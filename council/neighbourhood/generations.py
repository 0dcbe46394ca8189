"""Generations: the decade somebody was born in, so that a draw by lot is fair to young and old. Never the day, never the year, never needed."""

from __future__ import annotations

from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.refusals import Refusal
from council.rules.sortition import DECADES


async def tell(person: Person, decade: int | None, *, by: Person) -> None:
    """Told by whoever it is about, or entered by the office; None takes it away again."""
    if decade is not None and decade not in DECADES:
        raise Refusal("Choose one of the answers shown.", field="born")
    async with writing():
        if not await may(by, "person.tell_age", person):
            await must(by, "person.correct", at=await Place.get(id=person.place_id))
        person.born = decade
        await person.save(update_fields=["born"])
        await note("person.generation_told", person, by, told=decade is not None)
