"""Who is told about the lists: both sides and the community hear that a need was taken on, given back, or made a project."""

from __future__ import annotations

from collections.abc import Iterable

from tortoise.expressions import Q

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office
from council.neighbourhood.organisations import PartyOrganisation
from council.partnership.claims import Claim
from council.partnership.needs import Need
from council.partnership.projects import Project
from council.rules.powers import STAFF
from council.rules.stages import NAMES
from council.secretariat import inbox

CLAIMED = {
    "need.claimed": Phrase("%(name)s takes on “%(need)s”. The community can make a project of it."),
    "need.claim_taken_back": Phrase("%(name)s takes on “%(need)s” no longer: it waits for others."),
}
WITHDRAWN = Phrase("“%(need)s” is needed no longer; whoever had taken it on need do nothing more.")
MADE = Phrase("A project was made of “%(need)s”: “%(project)s”, led by %(name)s.")
MOVED = Phrase("The project “%(project)s” is now: %(stage)s.")


async def _officers(organisations: Iterable[int | None]) -> set[int]:
    """Whoever holds an office today in one of these organisations."""
    rows = Office.filter(in_force(), first_day__lte=clock.today(), organisation_id__in=[one for one in organisations if one])
    return {row.person_id for row in await rows.only("id", "person_id")}


async def _community(need: Need | Project) -> set[int]:
    """The staff of the community in which it lies; the branch of a unit leads its own members, not the community."""
    place = await (await need.place).at_level("COMMUNITY")
    own = Q(organisation_id=None) | Q(organisation__unit_id=None)
    rows = Office.filter(own, in_force(), first_day__lte=clock.today(), code__in=sorted(STAFF), place_id=place.id)
    return {row.person_id for row in await rows.only("id", "person_id")}


async def _asked(need: Need) -> set[int]:
    """Who put it on the list."""
    rows = Entry.filter(act="need.added", subject="Need", subject_id=need.id, by_id__isnull=False)
    return {row.by_id for row in await rows.only("id", "by_id") if row.by_id}


async def hear(entry: Entry) -> None:
    """A listener of the journal."""
    if entry.act in CLAIMED:
        await _claim(entry)
    elif entry.act == "need.withdrawn":
        await _withdrawn(entry)
    elif entry.act == "project.added":
        await _project(entry)
    elif entry.act == "project.moved":
        await _moved(entry)


async def _claim(entry: Entry) -> None:
    need, number = await Need.get(id=entry.subject_id), entry.numbers["organisation"]
    name = (await PartyOrganisation.get(id=number)).name
    people = await _asked(need) | await _community(need) | await _officers([number])
    await _tell(people, Phrase(CLAIMED[entry.act].message, name=name, need=need.title), "/board", need, entry)


async def _withdrawn(entry: Entry) -> None:
    """Only those who had taken it on."""
    need = await Need.get(id=entry.subject_id)
    claims = await Claim.filter(need_id=need.id, ended_at=None)
    people = await _officers(each.organisation_id for each in claims)
    await _tell(people, Phrase(WITHDRAWN.message, need=need.title), "/needs", need, entry)


async def _project(entry: Entry) -> None:
    """Whoever leads it, whoever offers what it uses, whoever had taken the need on: their claims are answered."""
    project = await Project.get(id=entry.subject_id).select_related("need", "resource", "lead")
    if project.need is None:
        return
    claims = await Claim.filter(id__in=entry.numbers.get("claims", []))
    sides = [project.lead_id, project.resource.organisation_id if project.resource else None, *(each.organisation_id for each in claims)]
    people = await _asked(project.need) | await _community(project) | await _officers(sides)
    said = Phrase(MADE.message, need=project.need.title, project=project.title, name=project.lead.name)
    await _tell(people, said, f"/projects/{project.id}", project, entry)


async def _moved(entry: Entry) -> None:
    project = await Project.get(id=entry.subject_id).select_related("need")
    people = await _community(project) | await _officers([project.lead_id]) | (await _asked(project.need) if project.need else set())
    said = Phrase(MOVED.message, project=project.title, stage=NAMES[project.stage])
    await _tell(people, said, f"/projects/{project.id}", project, entry)


async def _tell(people: set[int], said: Phrase, link: str, subject: Need | Project, entry: Entry) -> None:
    """Each of them once, never whoever did it."""
    if whom := sorted(people - {entry.by_id or 0}):
        async with writing():
            await inbox.tell_all(whom, said, link=link, subject=subject)
