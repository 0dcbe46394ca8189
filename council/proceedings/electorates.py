"""Who is entitled when a ballot opens: members present, households, owners of a register; and whose seat is whose."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from council import clock
from council.db import sql
from council.i18n import Phrase
from council.neighbourhood.households import Household
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.registers import RegisterLine, lines_of
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.rules.figures import share
from council.rules.law import Share
from council.rules.thresholds import threshold


@dataclass(frozen=True, slots=True)
class Voter:
    """One place of the set frozen at opening. `key` is what paper and web share: "invitation:12", "household:7", "line:33"."""

    key: str
    label: str
    person_id: int | None = None
    area_cm2: int = 0


async def seat_of(by: Actor | None, meeting: Meeting) -> Seat | None:
    """The live confirmed seat of an actor, with its invitation."""
    seat = await Seat.of(meeting, by) if by is not None else None
    return seat if seat and seat.confirmed else None


async def present(meeting_id: int) -> list[Seat]:
    """Live confirmed seats of those who vote; observers, supervisors and unconfirmed seats are never among them."""
    seats = Seat.filter(meeting_id=meeting_id, left_at=None, away=False, invitation__capacity="MEMBER")
    return await seats.select_related("invitation__person", "invitation__household").order_by("id")


PRESENT = """SELECT COUNT(*) AS members, COUNT(DISTINCT i.household_id) AS households FROM seat s JOIN invitation i ON i.id = s.invitation_id
WHERE s.meeting_id = ? AND s.left_at IS NULL AND s.away = ? AND i.capacity = 'MEMBER'"""


async def count_present(meeting_id: int, electorate: str) -> int:
    """How many seats or households of `present` there are, counted by the database: every vote taken asks this."""
    rows = await sql(PRESENT, meeting_id, False)
    return int(rows[0]["households" if electorate == "households" else "members"])


async def members_present(meeting_id: int) -> list[Voter]:
    return [
        Voter(f"invitation:{seat.invitation_id}", _name(seat), seat.invitation.person_id if seat.invitation else None)
        for seat in await present(meeting_id)
    ]


def _name(seat: Seat) -> str:
    invitation = seat.invitation
    if invitation is None:
        return seat.label
    return invitation.person.name if invitation.person else invitation.label or seat.label


async def households_present(meeting_id: int) -> list[Voter]:
    """One voter a household, however many of it are in the room."""
    found: dict[int, Voter] = {}
    for seat in await present(meeting_id):
        home = seat.invitation.household if seat.invitation else None
        if home is not None:
            found.setdefault(home.id, Voter(f"household:{home.id}", home.address))
    return list(found.values())


async def households_within(path: str) -> list[Voter]:
    """Every household of the area that has not ended."""
    homes = await Household.filter(in_force(), place__path__startswith=path).order_by("id")
    return [Voter(f"household:{home.id}", home.address) for home in homes]


async def persons_within(path: str) -> list[Voter]:
    """Every adult of the area who is entered here."""
    people = await Person.filter(in_force(), place__path__startswith=path, adult=True, erased_at=None).order_by("id")
    return [Voter(f"person:{one.id}", one.name, one.id) for one in people]


async def representatives_within(path: str) -> list[Voter]:
    """The residents' representatives whose term runs today, each once."""
    held = Office.filter(in_force_today(), code="resident_representative", place__path__startswith=path)
    people = {one.person_id: one.person for one in await held.prefetch_related("person").order_by("id")}
    return [Voter(f"person:{number}", person.name, number) for number, person in people.items()]


async def listed(register_id: int) -> list[Voter]:
    """One voter a line: several homes of one owner are one person, the areas summed (owners' interpretation arts 8-9)."""
    lines = await RegisterLine.filter(register_id=register_id).order_by("id")
    return [Voter(f"line:{line.id}", f"{line.address} {line.name}".strip(), None, line.area_cm2) for line in lines]


def in_force_today() -> Q:
    today = clock.today()
    return Q(first_day__lte=today) & (Q(last_day=None) | Q(last_day__gte=today))


async def outside(electorate: str, path: str, register_id: int | None) -> list[Voter]:
    """Who votes outside a meeting: those on an imported list, or those of the area."""
    if register_id:
        return await listed(register_id)
    return await OF_AREA[electorate](path)


OF_AREA: dict[str, Callable[[str], Awaitable[list[Voter]]]] = {
    "households": households_within, "persons": persons_within, "representatives": representatives_within,
}  # fmt: skip
NAMES: dict[str, Phrase] = {
    "members_present": Phrase("Members present"), "households": Phrase("Households, one vote each"), "persons": Phrase("All adults entered here"),
    "representatives": Phrase("Residents' representatives"), "owners": Phrase("Owners, by persons and area"),
    "party_members": Phrase("Party members with a vote"), "signatories": Phrase("Signatories"), "voters": Phrase("A list of voters"),
}  # fmt: skip


async def keys_of(by: Actor | None, meeting_id: int | None, electorate: str, register_id: int | None) -> list[str]:
    """The keys an actor could vote under: in a meeting only from a live confirmed seat, on a list only once it is sure who they are."""
    if meeting_id:
        return await _seated(by, meeting_id)
    if register_id:
        return [f"line:{number}" for number in await lines_of(register_id, by)]
    if not isinstance(by, Person) or not by.adult or by.ended:
        return []
    return [f"household:{by.household_id}"] if electorate == "households" else [f"person:{by.id}"]


SEATED = """SELECT s.invitation_id, i.household_id, i.capacity FROM seat s LEFT JOIN invitation i ON i.id = s.invitation_id
LEFT JOIN person p ON p.id = i.person_id AND i.substitute = '' AND p.last_day <= ?
WHERE s.meeting_id = ? AND s.left_at IS NULL AND p.id IS NULL AND {} ORDER BY s.invitation_id IS NULL, s.id DESC LIMIT 1"""


async def _seated(by: Actor | None, meeting_id: int) -> list[str]:
    """The same seat as `Seat.of`, by one statement: every vote in a meeting asks this. Who has moved away or died meanwhile votes no more."""
    at = clock.today(), meeting_id
    if isinstance(by, Person):
        rows = await sql(SEATED.format("(s.person_id = ? OR i.person_id = ?)"), *at, by.id, by.id)
    else:
        held = [number for kind, number in by.carries if kind == "Seat"] if by is not None else []
        rows = await sql(SEATED.format(f"s.id IN ({', '.join('?' * len(held))})"), *at, *held) if held else []
    return [f"invitation:{row['invitation_id']}" for row in rows if row["capacity"] == "MEMBER"] + [
        f"household:{row['household_id']}" for row in rows if row["capacity"] == "MEMBER"
    ]


MEMBERS = """SELECT COUNT(*) AS members, COALESCE(SUM(CASE WHEN representative THEN 1 ELSE 0 END), 0) AS representatives,
COUNT(DISTINCT household_id) AS households FROM invitation WHERE meeting_id = ? AND capacity = 'MEMBER'"""


async def meeting_figures(meeting: Meeting, rule_id: str, present: int) -> dict[str, Any]:
    """What `rules.decide` asks about a meeting apart from the votes, as it stands at this moment."""
    row = threshold(rule_id)
    members, representatives, households = (await sql(MEMBERS, meeting.id))[0].values()
    figures: dict[str, Any] = {"present": present}
    if rule_id.endswith("_HH"):
        figures["entitled"] = max(meeting.listed, households)
    else:
        figures |= _listed(meeting, members, representatives, row.representatives, row.women)
    if row.party_discusses_first:
        figures["prior_party_discussion"] = meeting.discussed_on is not None
    charter = {"quorum": (meeting.quorum_fraction, row.quorum), "majority": (meeting.majority_fraction, row.majority)}
    return figures | _configured(row.configurable, charter)


def _listed(meeting: Meeting, members: int, representatives: int, wanted: Share | None, women: Share | None) -> dict[str, Any]:
    """How many are entitled; where the law asks for a composition and it is known, its parts."""
    listed = max(meeting.listed, members)
    known = representatives and listed == members and not (women and meeting.women is None)
    if not wanted or not known:
        return {"entitled": listed}
    counted = {"women": min(meeting.women or 0, representatives)} if women else {}
    return {"composition": {"committee": listed - representatives, "representatives": representatives} | counted}


def should_attend(figures: Mapping[str, Any]) -> int:
    """How many are entitled by such figures; women stand among the representatives, not beside them. 0 where they say nothing."""
    parts = figures.get("composition", {})
    return int(figures.get("entitled") or parts.get("committee", 0) + parts.get("representatives", 0))


def _configured(names: Iterable[str], charter: dict[str, tuple[str, Share | None]]) -> dict[str, Any]:
    """The charter's own fractions, where they differ from the usual ones: "1/2 strict" becomes [1, 2, "strict"]."""
    found = {}
    for name in names:
        text, usual = charter[name]
        asked = fraction(text) if text else None
        if asked and share(asked, name) != usual:
            found[name] = asked
    return found


def fraction(text: str) -> list[Any]:
    numbers, _, how = text.partition(" ")
    above, _, below = numbers.partition("/")
    return [int(above), int(below), how or "inclusive"]
