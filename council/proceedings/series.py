"""Series: the meetings of a month for many grids, prepared in one act, each an ordinary draft afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import in_force, within
from council.neighbourhood.offices import Office, Standing, must, standing
from council.neighbourhood.organisations import Coverage
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.proceedings.calling import holding, in_words
from council.proceedings.clashes import ALIVE, taken
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, NotFound, Refusal
from council.rules import kinds, slots
from council.rules.powers import POWERS
from council.rules.slots import Taken, Wanted
from council.rules.thresholds import threshold

MOST = 2000  # meetings of one act


class Series(Model):
    """A plan for a month. Its meetings know it by their own column, and each of them can go its own way."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(40)
    title = fields.CharField(120)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    month = fields.DateField()
    made = fields.IntField(default=0)
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "series"

    @property
    def stage(self) -> str:
        return "ended" if self.ended_at else "planned"

    @classmethod
    async def find(cls, number: int, by: Person) -> Series:
        """A plan for whoever may call meetings there; NotFound for everybody else."""
        found = await cls.get_or_none(id=number).prefetch_related("place")
        if found is None or not (await standing(by)).reaches(POWERS["meeting.call"].offices, found.place.path):
            raise NotFound
        return found

    async def meetings(self) -> list[Meeting]:
        return await Meeting.filter(series_id=self.id).select_related("place", "chair").order_by("starts_at", "id")


async def known(held: Standing) -> list[Series]:
    """The newest plans of the places where these offices call meetings."""
    return await Series.filter(within(held, "meeting.call")).prefetch_related("place").order_by("-id").limit(50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is planned: one meeting of a kind in every place of an area, in a month, on these weekdays (0 is Monday) and hours."""

    kind: str
    title: str
    month: date
    weekdays: frozenset[int]
    hours: tuple[time, ...]
    length: timedelta = slots.USUAL
    venue: str = ""
    exclusive: str = ""  # "", "ordinary" or "exclusive" grids
    skip: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """One place of the plan: its chair and time, or why it gets none."""

    place: Place
    chair: Office | None
    starts_at: datetime | None
    why: Phrase | None = None


LEFT_OUT = Phrase("left out by you")
NO_CHAIR = Phrase("nobody holds the office that chairs here")
HAS_ONE = Phrase("has one this month already")
NO_TIME = Phrase("the chair is engaged at all these times")


async def planned(area: Place, wish: Wish, *, by: Person) -> list[Line]:
    """The plan as it would be carried out now: a line for every place, conflicts named."""
    row = kinds.kind(wish.kind)
    places = await _places(area, row, wish, by)
    chairs = await _chairs(places, row)
    has = set(await _having(area, wish))
    open_for = [p for p in places if p.id in chairs and p.id not in has and p.id not in wish.skip]
    wanted = [Wanted(p.id, chairs[p.id].person_id, f"{wish.venue}/{p.parent_id}" if wish.venue else "") for p in open_for]
    found = slots.spread(wanted, _starts(wish), wish.length, await _taken(wish, [chairs[p.id].person_id for p in open_for]))
    return [_line(place, chairs.get(place.id), found, place.id in wish.skip, place.id in has) for place in places]


def _line(place: Place, chair: Office | None, found: dict[int, datetime | None], skipped: bool, has: bool) -> Line:
    if skipped or has or chair is None:
        return Line(place, chair, None, LEFT_OUT if skipped else HAS_ONE if has else NO_CHAIR)
    return Line(place, chair, found[place.id], None if found[place.id] else NO_TIME)


async def _places(area: Place, row: kinds.Kind, wish: Wish, by: Person) -> list[Place]:
    """The places of the kind's level in the area that this person may call meetings for."""
    held = await standing(by)
    found = Place.filter(in_force(), path__startswith=area.path, level=row.level.value).order_by("path")
    if wish.exclusive:
        found = found.filter(exclusive=wish.exclusive == "exclusive")
    return [place for place in await found if held.reaches(POWERS["meeting.call"].offices, place.path)]


async def _chairs(places: Sequence[Place], row: kinds.Kind) -> dict[int, Office]:
    """`calling.presiding` for many places at once: whoever leads the place, else whoever leads the community of a grid."""
    offices = await holding(row.chair.office)
    covered: dict[int, set[int]] = {}
    for one in await Coverage.filter(organisation_id__in=[o.organisation_id for o in offices if o.organisation_id] or [0]):
        covered.setdefault(one.organisation_id, set()).add(one.place_id)
    leading: dict[int, Office] = {}
    for office in offices:
        for place_id in _led(office, covered):
            leading.setdefault(place_id, office)
    found = {place.id: leading.get(place.id) or (leading.get(place.parent_id or 0) if place.level == "GRID" else None) for place in places}
    return {place_id: office for place_id, office in found.items() if office is not None}


def _led(office: Office, covered: dict[int, set[int]]) -> Iterable[int]:
    if office.organisation is None:
        return (office.place_id,)
    if office.organisation.unit_id:
        return ()
    return covered.get(office.organisation.id) or (office.organisation.place_id,)


def _bounds(month: date) -> tuple[datetime, datetime]:
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _midnight(month.replace(day=1)), _midnight(following)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), clock.ZONE)


def _starts(wish: Wish) -> list[datetime]:
    """The beginnings in question, from tomorrow on, without days that are unfit for a meeting."""
    since, to = _bounds(wish.month)
    first = max(since.date(), clock.today() + timedelta(days=1))
    found = slots.candidates(first, to.date() - timedelta(days=1), wish.hours)
    return [start for start in found if start.weekday() in wish.weekdays]


async def _having(area: Place, wish: Wish) -> list[int]:
    since, to = _bounds(wish.month)
    found = Meeting.filter(kind=wish.kind, path__startswith=area.path, starts_at__gte=since, starts_at__lt=to).exclude(stage="cancelled")
    return [one.place_id for one in await found.only("id", "place_id")]


async def _taken(wish: Wish, chairs: Iterable[int]) -> dict[object, list[Taken]]:
    """What chairs and the room have already in the month."""
    since, to = _bounds(wish.month)
    needed = Q(chair_id__in=list(set(chairs)) or [0]) | (Q(venue=wish.venue) if wish.venue else Q(id=0))
    found: dict[object, list[Taken]] = {}
    for one in await Meeting.filter(needed, stage__in=ALIVE, starts_at__gte=since, starts_at__lt=to).select_related("place"):
        for key in (one.chair_id, f"{one.venue}/{one.place.parent_id}" if one.venue else ""):
            found.setdefault(key, []).append(taken(one))
    return found


def fingerprint(lines: Sequence[Line]) -> str:
    """Which plan somebody has looked at: what is carried out is what was seen."""
    said = ";".join(f"{one.place.id} {one.chair.person_id if one.chair else 0} {one.starts_at}" for one in lines)
    return sha256(said.encode()).hexdigest()[:16]


async def plan(area: Place, wish: Wish, seen: str, *, by: Person) -> Series:
    """Draw up every meeting of the plan that was `seen`. Conflict where something has changed since: then nothing is drawn up."""
    async with writing():
        await must(by, "meeting.call", at=area)
        lines = await planned(area, wish, by=by)
        held = [one for one in lines if one.starts_at]
        if fingerprint(lines) != seen:
            raise Conflict("Something has changed since you looked at the plan. Look through it once more.")
        if not held or len(held) > MOST:
            raise Refusal("A plan holds from one to %(most)s meetings.", most=MOST, field="weekdays")
        made = await Series.create(kind=wish.kind, title=wish.title, place=area, month=wish.month.replace(day=1), made=len(held), made_at=clock.now())
        await Meeting.bulk_create([_draft(made, wish, one) for one in held])
        for meeting in await Meeting.filter(series_id=made.id).order_by("id"):
            await note("meeting.drafted", meeting, by, meeting_id=meeting.id, kind=wish.kind, series=made.id, texts={"title": meeting.title})
        await note("series.planned", made, by, count=len(held), texts={"title": wish.title})
    return made


def _draft(series: Series, wish: Wish, line: Line) -> Meeting:
    row, place = kinds.kind(wish.kind), line.place
    rule = threshold(row.rule_id)
    assert line.chair is not None
    assert line.starts_at is not None
    assert rule.quorum is not None
    return Meeting(
        kind=row.code, rule_id=rule.id, title=wish.title, place_id=place.id, path=place.path, organisation_id=line.chair.organisation_id,
        chair_id=line.chair.person_id, private=row.private, starts_at=line.starts_at, ends_at=line.starts_at + wish.length, venue=wish.venue,
        quorum_fraction=in_words(rule.quorum), majority_fraction=in_words(rule.majority), series_id=series.id,
    )  # fmt: skip


async def correct(series: Series, *, by: Person, hour: time | None = None, venue: str = "") -> int:
    """Another hour or room for all that are still drafts; how many were changed. Those already called are moved one by one."""
    async with writing():
        await must(by, "meeting.call", at=await Place.get(id=series.place_id))
        drafts = [one for one in await series.meetings() if one.stage == "drafted" and one.starts_at > clock.now()]
        for one in drafts:
            start = datetime.combine(clock.local(one.starts_at).date(), hour, clock.ZONE) if hour else one.starts_at
            one.ends_at = slots.until(one.starts_at, one.ends_at) + (start - one.starts_at)
            one.starts_at, one.venue = start, venue or one.venue
        if drafts:
            await Meeting.bulk_update(drafts, ["starts_at", "ends_at", "venue"])
        await note("series.corrected", series, by, count=len(drafts))
    return len(drafts)


async def end(series: Series, reason: str, *, by: Person) -> int:
    """Call off all that are still drafts; how many. Those already called stay: people were invited to them."""
    async with writing():
        await must(by, "meeting.call", at=await Place.get(id=series.place_id))
        if not await Series.filter(id=series.id, ended_at=None).update(ended_at=clock.now()):
            raise Conflict("This plan has been ended already.")
        drafts = Meeting.filter(series_id=series.id, stage="drafted")
        ended = await drafts.update(stage="cancelled", reason=reason[:300])
        await series.refresh_from_db()
        await note("series.ended", series, by, count=ended, texts={"reason": reason})
    return int(ended)
