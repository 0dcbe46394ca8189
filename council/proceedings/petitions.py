"""Petitions: residents ask for a meeting; when enough have signed it must be called."""

from __future__ import annotations

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.households import Household
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office, must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.rules import petitions as rules
from council.rules import stages
from council.rules.privacy import check_text
from council.rules.villages import applies

LINES = 300  # of a sheet entered in one act
NAME = 50  # signs of the longest name somebody has here


class Petition(Model):
    """`base` is how many could sign, fixed when it begins: adults, households or representatives of the place. Names are for officers only."""

    id = fields.IntField(primary_key=True)
    rule_id = fields.CharField(40)
    title = fields.CharField(120)
    reason = fields.TextField(default="")
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    base = fields.IntField()
    signed = fields.IntField(default=0)
    stage = fields.CharField(24, default="open")
    opened_by_id = fields.IntField()
    opened_at = fields.DatetimeField()
    reached_at = fields.DatetimeField(null=True)
    due = fields.DateField(null=True)
    meeting: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    meeting_id: int | None
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "petition"
        indexes = (("path", "id"),)

    @property
    def row(self) -> rules.Petition:
        return rules.petition(self.rule_id)

    @property
    def needed(self) -> int:
        return self.row.needed(self.base)

    @property
    def overdue(self) -> bool:
        return self.stage == "enough" and self.due is not None and self.due < clock.today()

    @classmethod
    async def find(cls, number: int) -> Petition:
        """A petition is for everybody to read; who signed is not."""
        if (found := await cls.get_or_none(id=number).prefetch_related("place")) is None:
            raise NotFound
        return found

    @classmethod
    async def newest(cls) -> list[Petition]:
        return await cls.all().prefetch_related("place").order_by("-id").limit(50)

    @classmethod
    async def held(cls, number: int) -> Petition:
        """The row as it stands now, held until the transaction ends: no signature of two at one moment is lost."""
        return await cls.filter(id=number).select_for_update().get()

    async def has(self, person: Actor) -> bool:
        return person.id is not None and await PetitionSignature.exists(petition_id=self.id, person_id=person.id)

    async def names(self, *, by: Person) -> list[PetitionSignature]:
        await must(by, "petition.enter", self)
        return await PetitionSignature.filter(petition_id=self.id).prefetch_related("person__household").order_by("id")


class PetitionSignature(Model):
    """`voter` is the person, or the household where households sign: the database lets each sign once."""

    id = fields.IntField(primary_key=True)
    petition: fields.ForeignKeyRelation[Petition] = belongs("Petition")
    petition_id: int
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    voter = fields.CharField(32)
    paper = fields.BooleanField(default=False)
    by_id = fields.IntField()
    at = fields.DatetimeField()

    class Meta:
        table = "petition_signature"
        unique_together = (("petition", "voter"),)


async def base_of(signers: str, place: Place) -> int:
    """How many could sign, by the registers."""
    if signers == "households":
        return await Household.filter(in_force(), place__path__startswith=place.path).count()
    if signers == "representatives":
        return len({one.person_id for one in await _representatives(place.path)})
    return await Person.filter(in_force(), place__path__startswith=place.path, adult=True, erased_at=None).count()


async def _representatives(path: str) -> list[Office]:
    today = clock.today()
    term = Q(last_day=None) | Q(last_day__gte=today)
    return await Office.filter(term, first_day__lte=today, code="resident_representative", place__path__startswith=path)


async def begin(rule_id: str, place: Place, title: str, reason: str, *, by: Person, base: int = 0) -> Petition:
    """Begin one and sign it. `base` corrects the registers where an officer knows better."""
    row = rules.petition(rule_id)
    if place.level != "COMMUNITY":
        raise Refusal("A petition asks for a meeting of a community.", field="place")
    if not applies(rule_id, [(place.name, place.code)]):
        raise Refusal("This law does not hold here: a city community and a village each have their own.", field="rule")
    async with writing():
        if base:
            await must(by, "petition.collect", at=place)
        await Place.filter(id=place.id).select_for_update().only("id").get()  # two presses at once come one after the other
        if await Petition.exists(rule_id=rule_id, place=place, title=title, opened_by_id=by.id, stage="open"):
            raise Conflict("This has been entered already.")
        count = base or await base_of(row.signers, place)
        made = await Petition.create(
            rule_id=rule_id, title=check_text(title, "title"), reason=check_text(reason, "reason"), place=place, path=place.path,
            base=max(count, 1), opened_by_id=by.id, opened_at=clock.now(),
        )  # fmt: skip
        if not base:
            await _add(made, by, by=by, paper="")
        await note("petition.begun", made, by, rule=rule_id, base=made.base, texts={"title": title, "reason": reason})
    return made


async def why_not(petition: Petition, person: Person) -> Phrase | None:
    """Why this person's signature does not count; None if it does."""
    place, signers = await Place.get(id=person.place_id), petition.row.signers
    if person.ended or person.erased_at or not place.path.startswith(petition.path):
        return Phrase("%(name)s does not live here: only residents of the place sign.", name=person.name)
    if not person.adult:
        return Phrase("%(name)s is under eighteen: only adults sign.", name=person.name)
    if signers == "representatives" and person.id not in {one.person_id for one in await _representatives(petition.path)}:
        return Phrase("%(name)s is not a residents' representative: only representatives sign this petition.", name=person.name)
    if signers == "households" and not person.household_id:
        return Phrase("No flat is entered for %(name)s: this petition is signed by household.", name=person.name)
    if await PetitionSignature.exists(petition_id=petition.id, voter=_voter(petition, person)):
        told = {"households": Phrase("The household of %(name)s has signed already: one household, one signature.", name=person.name)}
        return told.get(signers) or Phrase("%(name)s has signed already: everybody signs once.", name=person.name)
    return None


def _voter(petition: Petition, person: Person) -> str:
    return f"household:{person.household_id}" if petition.row.signers == "households" else f"person:{person.id}"


async def _add(petition: Petition, person: Person, *, by: Person, paper: str) -> None:
    """Count one signature within the caller's transaction; the last one needed starts the days in which the meeting must be called."""
    if (why := await why_not(petition, person)) is not None:
        raise Refusal(why.message, field="name", **why.values)
    await PetitionSignature.create(
        petition_id=petition.id, person=person, voter=_voter(petition, person), paper=bool(paper), by_id=by.id, at=clock.now()
    )
    petition.signed = await PetitionSignature.filter(petition_id=petition.id).count()
    if petition.stage == "open" and petition.signed >= petition.needed:
        stages.check("Petition", petition.stage, "enough")
        petition.stage, petition.reached_at, petition.due = "enough", clock.now(), rules.due(clock.today())
        await note("petition.reached", petition, by, signed=petition.signed, needed=petition.needed, due=petition.due.isoformat())
    await petition.save(update_fields=["signed", "stage", "reached_at", "due"])


def _open(petition: Petition) -> None:
    if petition.stage not in ("open", "enough"):
        raise Conflict("The meeting has been called: nobody signs any more.")


async def sign(petition: Petition, *, by: Person) -> None:
    """Sign with one's own account."""
    async with writing():
        petition = await Petition.held(petition.id)
        _open(petition)
        await _add(petition, by, by=by, paper="")
        await note("petition.signed", petition, by, signed=petition.signed)


async def take_back(petition: Petition, *, by: Person) -> None:
    """Take back one's signature while not enough have signed."""
    async with writing():
        petition = await Petition.held(petition.id)
        if petition.stage != "open":
            raise Conflict("Enough have signed: the signatures stand.")
        if not await PetitionSignature.filter(petition_id=petition.id, person_id=by.id).delete():
            raise Conflict("You have not signed.")
        petition.signed = await PetitionSignature.filter(petition_id=petition.id).count()
        await petition.save(update_fields=["signed"])
        await note("petition.taken_back", petition, by, signed=petition.signed)


async def enter(petition: Petition, sheet: str, *, by: Person) -> list[tuple[str, Phrase | None]]:
    """Enter a paper sheet, a line each: name and flat ("王秀兰 3号楼402"). What does not count comes back with the reason."""
    lines = [line.strip() for line in sheet.splitlines() if line.strip()][:LINES]
    found: list[tuple[str, Phrase | None]] = []
    async with writing():
        await must(by, "petition.enter", petition)
        petition = await Petition.held(petition.id)
        _open(petition)
        for line in lines:
            found.append((line, await _enter(petition, line, by)))
        await note("petition.entered", petition, by, lines=len(lines), counted=sum(why is None for _, why in found))
    return found


async def _enter(petition: Petition, line: str, by: Person) -> Phrase | None:
    name, _, flat = line.replace("　", " ").partition(" ")
    same = Person.filter(name=name, erased_at=None, place__path__startswith=petition.path).prefetch_related("household")
    people = await same if len(name) <= NAME else []
    here = [one for one in people if not flat or (one.household and one.household.address == flat.replace(" ", ""))]
    if len(here) != 1:
        return Phrase("several people have this name: write the flat as well") if here else Phrase("nobody of this name and flat is entered")
    try:
        await _add(petition, here[0], by=by, paper="sheet")
    except Refusal as refused:
        return refused.phrase
    return None


async def answer(petition: Petition, meeting: Meeting, *, by: Person) -> None:
    """The meeting that was asked for has been drawn up."""
    async with writing():
        petition = await Petition.held(petition.id)
        await must(by, "petition.answer", petition)
        stages.check("Petition", petition.stage, "called")
        if meeting.kind != petition.row.kind or meeting.place_id != petition.place_id:
            raise Forbidden("This is not the meeting that the petition asks for.")
        petition.stage, petition.meeting_id = "called", meeting.id
        await petition.save(update_fields=["stage", "meeting_id"])
        await note("petition.answered", petition, by, meeting_id=meeting.id)
