"""Draws: residents' representatives or a citizens' panel by lot, from a list published before the seed is thrown."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Holder
from council.refusals import Conflict, NotFound, Refusal
from council.rules import sortition, stages
from council.rules.privacy import check_text
from council.rules.sortition import Entrant

STATES: dict[str, Phrase] = {"asked": Phrase("drawn, not answered yet"), "accepted": Phrase("has accepted"), "declined": Phrase("has declined")}
MOST = 200  # seats
PAGE = 20


class Draw(Model):
    """listed -> drawn. The list and its digest stand before the seed is known, the seed and its source stand for ever after."""

    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    seats = fields.IntField()
    stage = fields.CharField(24, default="listed")
    digest = fields.CharField(64)
    seed = fields.CharField(120, default="")
    source = fields.CharField(300, default="")
    listed_at = fields.DatetimeField()
    drawn_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "draw"

    @classmethod
    async def find(cls, number: int) -> Draw:
        """A draw is for everybody to check."""
        found = await cls.get_or_none(id=number).prefetch_related("place") if number < 2**31 else None
        if found is None:
            raise NotFound
        return found

    @classmethod
    async def all_of(cls, before: int = 0) -> tuple[list[Draw], int]:
        """Newest first: a page, and the number to go on from (0 at the end)."""
        found = await cls.filter(**({"id__lt": before} if before else {})).order_by("-id").limit(PAGE + 1).prefetch_related("place")
        return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else 0

    async def entrants(self) -> list[Entrant]:
        return [Entrant(one.number, one.stratum) for one in await Drawable.filter(draw_id=self.id).order_by("number")]

    async def listing(self) -> str:
        """The list as it was published: numbers and strata, no name."""
        return sortition.listing(await self.entrants())


class Drawable(Model):
    """One person on the list. Everybody sees number and stratum, the name only the office and the person. `state` is empty while not drawn."""

    id = fields.IntField(primary_key=True)
    draw: fields.ForeignKeyRelation[Draw] = belongs("Draw")
    draw_id: int
    number = fields.IntField()
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    stratum = fields.CharField(80)
    state = fields.CharField(8, default="")
    instead_of = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "drawable"
        unique_together = (("draw", "number"), ("draw", "person"))

    async def relations(self, by: Actor | None) -> set[str]:
        return {"drawn"} if by is not None and by.id == self.person_id else set()


async def publish(place: Place, title: str, seats: int, *, by: Person) -> Draw:
    """Publish the list: every adult of the place with building, generation and whether they own their home. Nobody knows the seed yet."""
    if len(check_text(title.strip(), "title")) < 2 or not 1 <= seats <= MOST:
        raise Refusal("Write what is drawn for, and how many seats there are (1 to %(n)s).", n=MOST, field="title")
    people = Person.filter(in_force(), place__path__startswith=place.path, adult=True, erased_at=None).prefetch_related("household")
    found = await people.order_by("salt")
    owners = {one.person_id for one in await Holder.filter(person_id__in=[one.id for one in found] or [0])}
    if len(found) < seats:
        raise Refusal("There are fewer people on the list than seats.", field="seats")
    entrants = [Entrant(n, name) for n, name in enumerate(sortition.strata([_told(one, owners) for one in found]), 1)]
    async with writing():
        await must(by, "draw.make", at=place)
        await Place.filter(id=place.id).select_for_update().only("id").get()  # two presses at once come one after the other
        if await Draw.exists(place=place, title=title.strip()[:120], stage="listed"):
            raise Conflict("This has been entered already.")
        made = await Draw.create(
            place=place, path=place.path, title=title.strip()[:120], seats=seats, listed_at=clock.now(),
            digest=sortition.seal(sortition.listing(entrants)),
        )  # fmt: skip
        await Drawable.bulk_create([
            Drawable(draw_id=made.id, number=line.number, stratum=line.stratum, person_id=one.id) for line, one in zip(entrants, found, strict=True)
        ], batch_size=200)  # fmt: skip
        await note("draw.published", made, by, count=len(found), seats=seats, digest=made.digest)
    return made


def _told(person: Person, owners: set[int]) -> tuple[str, str, str]:
    """Building, generation and tenure: what strata are made of, the widest first."""
    building = person.household.building if person.household else ""
    return building or "无楼栋", sortition.generation(person.born), "业主" if person.id in owners else "非业主"


async def throw(draw: Draw, seed: str, source: str, *, by: Person) -> None:
    """The seed was thrown in public: draw. Only once; the list cannot change any more, and neither can the seed."""
    if len(seed.strip()) < sortition.SHORTEST_SEED or len(source.strip()) < 4:
        raise Refusal("Write the seed as it was thrown, and where and when that was, so that others can check it.", field="seed")
    if set(seed) & set("\"'`$\\!\n"):
        raise Refusal("Write the seed in letters, digits and spaces: others type it into a command.", field="seed")
    async with writing():
        await must(by, "draw.make", draw)
        stages.check("Draw", draw.stage, "drawn")
        entrants = await draw.entrants()
        if sortition.seal(sortition.listing(entrants)) != draw.digest:
            raise Conflict("The list is not the one that was published.")
        values = {"stage": "drawn", "seed": seed.strip()[:120], "source": source.strip()[:300], "drawn_at": clock.now()}
        if not await Draw.filter(id=draw.id, stage="listed").update(**values):
            raise Conflict("Somebody was faster: please look at the newest state.")
        draw.update_from_dict(values)
        chosen = sortition.draw(entrants, draw.seats, draw.seed).chosen
        await Drawable.filter(draw_id=draw.id, number__in=list(chosen)).update(state="asked")
        await note("draw.thrown", draw, by, seed=draw.seed, chosen=list(chosen), texts={"source": draw.source})


async def reply(drawn: Drawable, answer: str, *, by: Person) -> Drawable | None:
    """Accepted or declined, by the person or as told to the office. Whoever declines is replaced by the next in order, who is returned."""
    draw = await Draw.get(id=drawn.draw_id)
    if answer not in ("accepted", "declined"):
        raise Refusal("Choose one of the answers shown.", field="answer")
    async with writing():
        if not await may(by, "draw.answer", drawn):
            await must(by, "draw.make", draw)
        if not await Drawable.filter(id=drawn.id, state="asked").update(state=answer, answered_at=clock.now()):
            raise Conflict("This has been answered already.")
        follower = await _follower(draw, drawn) if answer == "declined" else None
        await note(f"draw.{answer}", draw, by, number=drawn.number, follower=follower.number if follower else 0)
    return follower


async def _follower(draw: Draw, gone: Drawable) -> Drawable | None:
    """The next in the published order."""
    used = [one.number for one in await Drawable.filter(draw_id=draw.id).exclude(state="")]
    drawn = sortition.draw(await draw.entrants(), draw.seats, draw.seed)
    number = sortition.next_after(drawn, draw.seed, gone.number, used)
    if number is None:
        return None
    await Drawable.filter(draw_id=draw.id, number=number).update(state="asked", instead_of=gone.number)
    return await Drawable.get(draw_id=draw.id, number=number)


async def seated(draw: Draw) -> list[Drawable]:
    """Everybody who was drawn or came in for somebody, with what they answered."""
    return await Drawable.filter(draw_id=draw.id).exclude(state="").prefetch_related("person").order_by("number")
