"""Going from door to door: who has not been reached yet, by building, unit and floor; the second person who checks collected papers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from council import clock
from council.db import sql
from council.neighbourhood.households import Household
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings import photos
from council.proceedings.ballots import Ballot
from council.proceedings.votes import Entitlement, Vote
from council.refusals import Conflict, NotFound, Refusal
from council.rules.numbering import address_of, floor_of

NOT_REACHED = (
    "SELECT e.voter, e.label FROM entitlement e LEFT JOIN vote v ON v.ballot_id = e.ballot_id AND v.voter = e.voter "
    "WHERE e.ballot_id = ? AND v.id IS NULL ORDER BY e.id"
)


@dataclass(frozen=True, slots=True)
class Door:
    """A voter who has not voted: the key, and what stands on the door."""

    voter: str
    label: str
    building: str = ""
    unit: str = ""
    floor: int = 0


@dataclass(frozen=True, slots=True)
class Floor:
    """The doors of one floor of one unit of one building. All three may be unknown: "", "", 0."""

    building: str
    unit: str
    number: int
    doors: tuple[Door, ...]


async def not_reached(ballot: Ballot, building: str = "", *, by: Person) -> list[Floor]:
    """Who has not voted yet, floor by floor from below, of one building or of all. It says nothing about how anybody voted."""
    await must(by, "ballot.reach", ballot)
    rows = await sql(NOT_REACHED, ballot.id)
    numbers = [int(row["voter"].partition(":")[2]) for row in rows if row["voter"].startswith("household:")]
    homes = {f"household:{home.id}": home for home in await _homes(numbers)}
    doors = [_door(row["voter"], row["label"], homes.get(row["voter"])) for row in rows]
    wanted = sorted((door for door in doors if not building or door.building == building), key=_place)
    return [Floor(*place, tuple(group)) for place, group in groupby(wanted, key=_place)]


async def _homes(numbers: list[int]) -> list[Household]:
    return [home for start in range(0, len(numbers), 500) for home in await Household.filter(id__in=numbers[start : start + 500])]


def _door(voter: str, label: str, home: Household | None) -> Door:
    """Of a household as it is entered; of an owner as the address in the register says."""
    if home:
        return Door(voter, home.room, home.building, home.unit, floor_of(home.room))
    building, unit, room = address_of(label)
    return Door(voter, label, building, unit, floor_of(room))


def _place(door: Door) -> tuple[str, str, int]:
    return door.building, door.unit, door.floor


async def keep_photo(ballot: Ballot, voter: str, photo: bytes, *, by: Person) -> None:
    """The picture of a paper that was entered, for the second person and for a dispute. Of a secret paper none is kept: it would tell whose it is."""
    await must(by, "ballot.enter_paper", ballot)
    if ballot.secret:
        raise Conflict("No picture of a secret paper is kept: it would show who voted how.")
    vote = await Vote.get(ballot_id=ballot.id, voter=voter)
    await photos.keep([photo] if photo else [], "Vote", vote.id)


async def waiting(ballot: Ballot, by: Person) -> list[tuple[Vote, str]]:
    """Papers collected at the door that somebody else entered and nobody has checked, each with its voter's name on the list."""
    votes = await Vote.filter(ballot_id=ballot.id, channel="door", checked_at=None).exclude(entered_by_id=by.id).order_by("id").limit(60)
    listed = await Entitlement.filter(ballot_id=ballot.id, voter__in=[vote.voter for vote in votes])
    labels = {one.voter: one.label for one in listed}
    return [(vote, labels.get(vote.voter, "")) for vote in votes]


async def one(ballot: Ballot, number: int) -> Vote:
    """A paper from the door of this ballot."""
    found = await Vote.get_or_none(id=number, ballot_id=ballot.id, channel="door")
    if found is None:
        raise NotFound
    return found


async def check_paper(vote: Vote, choice: str, *, by: Person) -> None:
    """A second person reads the paper and says what stands on it. Where that differs, the paper is entered again by whoever collected it."""
    ballot = await Ballot.get(id=vote.ballot_id)
    async with writing():
        await must(by, "ballot.check_paper", ballot)
        if by.id == vote.entered_by_id:
            raise Conflict("Whoever entered a paper does not check it.")
        if vote.choice != choice:
            await ballot.note("ballot.check_differs", by, voter=vote.voter)
            differs = True
        else:
            differs = False
            found = Vote.filter(id=vote.id, checked_at=None, cast_at=vote.cast_at)
            if not await found.update(checked_by_id=by.id, checked_at=clock.now()):
                raise Conflict("Somebody was faster: please look at the newest state.")
            await ballot.note("ballot.paper_checked", by, voter=vote.voter)
    if differs:
        raise Refusal("That is not what was entered. Look at the paper together, and enter it again if it was wrong.", status=409, field="choice")
