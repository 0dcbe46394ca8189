"""A small neighbourhood that votes, beside a plain dictionary that says what must come of it.

`Town` acts on the real application over a real database with a clock that we set; `Book` is the model. Every act compares the two.
"""

from __future__ import annotations

import asyncio
import copy
import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tortoise import connections

from council import backups, clock
from council.db import sql
from council.neighbourhood.journal import writing
from council.neighbourhood.people import Person
from council.neighbourhood.registers import Holder, Owner, RegisterLine, enter_owners
from council.neighbourhood.registry import add_household
from council.proceedings import ballotbox, casting, photos, proxies, reaching, tallying
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.conduct import close_ballot, declare_ballot, open_ballot
from council.proceedings.proxies import Proxy
from council.proceedings.publishing import published
from council.proceedings.questions import Way, draw_outside
from council.proceedings.votes import Entitlement
from council.refusals import Refusal
from council.rules.recounting import faults
from council.settings import settings
from tests.proofs.ground import FILE, connected, plant
from tests.proofs.recounts import script

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
AREAS = (885_050, 1_760_000, 912_345, 400, 1_010_101, 777_777)  # cm², not whole square metres
MOST = 3  # authorities that one person may hold under the rule
REFUSED = "refused"


@dataclass
class Mark:
    """A vote that stands."""

    choice: str
    receipt: str
    by: int
    channel: str = "web"
    checked: bool = True
    changes: int = 0
    attempts: int = 0


@dataclass
class Book:
    """What must be the case."""

    closes: datetime
    now: datetime
    stage: str = "open"
    acts: int = 0
    votes: dict[str, Mark] = field(default_factory=dict)
    authorities: dict[int, tuple[str, int, bool]] = field(default_factory=dict)  # number -> voter, holder, live
    voices: dict[str, int] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        return self.stage == "open" and self.now < self.closes

    def held(self, holder: int) -> list[str]:
        return [voter for voter, who, live in self.authorities.values() if who == holder and live]


class Town:
    """Owners, or households: `keys` says under which key each person votes, `listed` which keys stand on the list, with their area."""

    def __init__(self, here: Path) -> None:
        self.here, self.book = here, Book(START, START)
        self.kept: list[tuple[Path, Book]] = []

    async def found(self) -> None:
        async with writing():
            await Person.bulk_create([Person(name=f"户主{k}", place_id=self.world.grid.id, adult=True) for k in range(8)])
        self.people = await Person.filter(name__startswith="户主").order_by("id")
        self.homes = [self.world.households["h402"], self.world.households["h502"]]
        self.homes += [await add_household(self.world.grid, "5号楼", "", room, by=self.world.operator) for room in ("101", "102", "103")]
        for number, one in enumerate(self.people):  # two and two in the first three homes, the last two live in the other grid
            home = self.homes[number // 2] if number < 6 else self.world.households["h101"]
            await Person.filter(id=one.id).update(household_id=home.id)
        self.people = await Person.filter(name__startswith="户主").order_by("id")
        await self._register()

    async def _register(self) -> None:
        owners = [Owner(f"业主{n}", (f"5号楼20{n}",), area) for n, area in enumerate(AREAS)]
        async with writing():
            self.register = await enter_owners(owners, self.world.community, "登记簿摘录", by=self.world.secretary)
        self.lines = await RegisterLine.filter(register_id=self.register.id).order_by("id")
        of = {0: 0, 1: 1, 2: 1, 3: 2, 4: 3}  # person -> line: one home belongs to two, two lines have nobody here
        await Holder.bulk_create([
            Holder(line_id=self.lines[line].id, person_id=self.people[who].id, how="desk", confirmed_at=START) for who, line in of.items()
        ])  # fmt: skip
        self.owned = {self.people[who].id: f"line:{self.lines[line].id}" for who, line in of.items()}

    @asynccontextmanager
    async def lived_in(self) -> AsyncIterator[None]:
        """Its people, register and homes are there, the clock and the pictures are ours."""
        await plant(self.here)
        real = clock.now, photos.keep
        clock.now, photos.keep = lambda: self.book.now, _no_pictures
        try:
            async with connected() as self.world:
                await self.found()
                yield
        finally:
            clock.now, photos.keep = real

    async def stop(self) -> None:
        """As far as a process can be stopped within one: whatever is used next is opened anew."""
        for name in ("default", "reading"):
            await connections.get(name).close()
        ballotbox.BOX.writer = None
        ballotbox.BOX.waiting.clear()

    async def begin(self, owners: bool, thorough: bool) -> None:
        """A new vote; the book is empty. A `thorough` one is counted again at its end, which takes a while where owners' areas are sealed."""
        start = self.book.now + timedelta(days=1)
        self.book, self.kept = Book(start + timedelta(hours=3), start), []
        if owners:
            ballot = await draw_outside(
                self.world.community, "是否续聘物业公司", by=self.world.secretary, register=self.register, owners_item=4, way=Way(holding="each")
            )
        else:
            ballot = await draw_outside(self.world.grid, "是否同意装充电桩", by=self.world.secretary)
        await open_ballot(ballot, by=self.world.secretary, closes_at=self.book.closes)
        self.number, self.owners, self.thorough = ballot.id, owners, thorough
        self.keys = self.owned if owners else {one.id: f"household:{one.household_id}" for one in self.people}
        self.listed = dict(await Entitlement.filter(ballot_id=ballot.id).values_list("voter", "area_cm2"))
        self.voters = sorted(self.listed)

    async def ballot(self) -> Ballot:
        found = await Ballot.numbered(self.number)
        assert found is not None
        return found

    # What somebody does, and what the book says must come of it.

    def may(self, who: int, voter: str | None, web: bool = True) -> bool:
        named = self.book.voices.get(voter or "")
        return self.book.running and voter in self.listed and not (web and named not in (None, who))

    def laid(self, who: int, voter: str, choice: str, channel: str = "web") -> str:
        """What a first vote comes to where nothing speaks against it."""
        if voter not in self.book.votes:
            self.book.votes[voter] = Mark(choice, "", who, channel, channel != "door")
            return "taken"
        standing = self.book.votes[voter]
        standing.attempts = min(10, standing.attempts + ((who, channel) != (standing.by, standing.channel)))
        return "already" if channel == "web" else REFUSED

    async def told(self, expected: str, act: Any, voter: str | None = None) -> str:
        """Do it, and compare what came of it with what the book expects; a receipt once told never changes."""
        try:
            answer = await act
            news = getattr(answer, "news", "done")
        except Refusal:
            answer, news = None, REFUSED
        assert news == expected, f"{news}, expected {expected}"
        if voter and answer is not None and news != REFUSED:
            mark = self.book.votes[voter]
            mark.receipt = mark.receipt or answer.receipt
            assert answer.receipt == mark.receipt, f"receipt {answer.receipt}, told before {mark.receipt}"
        return news

    async def cast(self, person: int, choice: str, proxy: int | None = None) -> None:
        who, ballot = self.people[person], await self.ballot()
        held = await Proxy.get(id=proxy) if proxy else None
        voter = held.voter if held else self.keys.get(who.id)
        good = choice in ("yes", "no", "abstain")
        if held:
            key, holder, live = self.book.authorities[proxy or 0]
            good = good and self.book.running and live and holder == who.id and len(self.book.held(who.id)) <= MOST and key in self.listed
        else:
            good = good and self.may(who.id, voter)
        expected = self.laid(who.id, voter or "", choice) if good else REFUSED
        await self.told(expected, ballotbox.cast(ballot, choice, by=who, proxy=held), voter if good else None)

    async def change(self, person: int, choice: str, stale: int) -> None:
        """`stale`: how many changes fewer the voter had seen than there are."""
        who, ballot = self.people[person], await self.ballot()
        voter = self.keys.get(who.id)
        mark = self.book.votes.get(voter or "")
        after = max(0, mark.changes - stale) if mark else 0
        if not self.may(who.id, voter):
            expected = REFUSED
        elif mark is None:
            expected = self.laid(who.id, voter or "", choice)
        elif after != mark.changes:
            expected = REFUSED
        elif mark.choice == choice:
            expected = "already"
        else:
            expected, mark.choice, mark.by, mark.channel, mark.checked, mark.changes = "changed", choice, who.id, "web", True, mark.changes + 1
        await self.told(expected, ballotbox.change(ballot, choice, by=who, after=after), voter if expected != REFUSED else None)

    async def press(self, persons: list[int], choices: list[str]) -> None:
        """Several press at the same moment; they stand in the box in this order."""
        ballot, wanted = await self.ballot(), []
        for person, choice in zip(persons, choices, strict=True):
            who = self.people[person]
            voter = self.keys.get(who.id)
            wanted.append((self.laid(who.id, voter or "", choice) if self.may(who.id, voter) else REFUSED, voter))
        acts = [ballotbox.cast(ballot, choice, by=self.people[person]) for person, choice in zip(persons, choices, strict=True)]
        answers = await asyncio.gather(*acts, return_exceptions=True)
        for (expected, voter), answer in zip(wanted, answers, strict=True):
            await self.told(expected, _again(answer), voter if expected != REFUSED else None)

    async def enter(self, voter: str, choice: str, channel: str) -> None:
        """The grid worker brings a paper in."""
        ballot, by = await self.ballot(), self.world.grid_worker if not self.owners else self.world.clerk
        good = self.may(by.id, voter, web=False)
        expected = self.laid(by.id, voter, choice, channel) if good else REFUSED
        act = ballotbox.enter_paper(ballot, voter, choice, by=by, channel=channel, witness="赵大爷")
        await self.told(expected, act, voter if expected == "taken" else None)

    def voted(self, *channels: str) -> list[int]:
        """Persons for whom a vote stands, that came on one of these ways or on any."""
        votes = {voter for voter, mark in self.book.votes.items() if not channels or mark.channel in channels}
        return [number for number, one in enumerate(self.people) if self.keys.get(one.id) in votes]

    def brought(self) -> list[str]:
        """Whose vote was brought from the door."""
        return sorted(voter for voter, mark in self.book.votes.items() if mark.channel == "door")

    async def check(self, voter: str, right: bool, same: bool) -> None:
        """A second person reads a paper from the door, rightly or not, or the one who brought it tries to."""
        vote, mark = await Vote.get(ballot_id=self.number, voter=voter), self.book.votes[voter]
        by = await Person.get(id=mark.by) if same else self.world.secretary
        good = right and not same and not mark.checked and self.book.stage in ("open", "closed")
        mark.checked = mark.checked or good
        await self.told("done" if good else REFUSED, reaching.check_paper(vote, mark.choice if right else "spoiled", by=by))

    async def authorise(self, voter: str, person: int) -> None:
        who, ballot = self.people[person], await self.ballot()
        others = {key for key in self.book.held(who.id) if key != voter}
        own = self.keys.get(who.id) == voter
        good = self.owners and self.book.stage == "open" and voter in self.listed and not own and len(others) < MOST
        before = await Proxy.filter(ballot_id=self.number).order_by("-id").first()
        act = proxies.authorise(ballot, voter, who, clock.today(), b"paper", by=self.world.secretary)
        await self.told("done" if good else REFUSED, act)
        if good:
            self.book.authorities = {n: (key, holder, live and key != voter) for n, (key, holder, live) in self.book.authorities.items()}
            made = await Proxy.filter(ballot_id=self.number).order_by("-id").first()
            assert made is not None
            assert made.id != (before.id if before else 0)
            self.book.authorities[made.id] = (voter, who.id, True)

    async def slip_past(self, person: int) -> None:
        """Authorities put beside the verb: the box itself must keep the bound."""
        who = self.people[person]
        for voter in self.voters[: MOST + 1]:
            made = await Proxy.create(ballot_id=self.number, voter=voter, holder_id=who.id, written_on=clock.today(), made_at=clock.now())
            self.book.authorities[made.id] = (voter, who.id, True)

    async def withdraw(self, proxy: int) -> None:
        voter, holder, live = self.book.authorities[proxy]
        good = live and self.book.stage == "open"
        await self.told("done" if good else REFUSED, proxies.withdraw(await Proxy.get(id=proxy), by=self.world.secretary))
        self.book.authorities[proxy] = (voter, holder, live and not good)

    async def name(self, person: int, other: int) -> None:
        """One of a household names who votes for it."""
        who, named = self.people[person], self.people[other]
        voter = self.keys.get(who.id)
        good = not self.owners and self.book.stage == "open" and voter in self.listed and named.household_id == who.household_id
        if good:
            self.book.voices[voter or ""] = named.id
        await self.told("done" if good else REFUSED, proxies.name_voice(await self.ballot(), named, by=who))

    async def torn(self, person: int) -> None:
        """The process stumbles in the middle of writing a vote down: nothing of it may stay."""
        real = casting.note_all

        async def stumble(*args: Any, **kwargs: Any) -> None:
            raise OSError("stumbled")

        casting.note_all = stumble
        try:
            await ballotbox.cast(await self.ballot(), "yes", by=self.people[person])
        except (OSError, Refusal):
            return
        finally:
            casting.note_all = real
        raise AssertionError("a vote was acknowledged that is not in the journal")

    async def close(self, early: bool) -> None:
        """By the clock, or by the secretary who would like to be done."""
        whole = len(self.book.votes) >= len(self.listed)
        good = self.book.stage == "open" and (not self.book.running or (early and whole))
        by = self.world.secretary if early else None
        await self.told("done" if good else REFUSED, close_ballot(await self.ballot(), by=by))
        if good:
            self.book.stage = "closed"
            await self.counted()

    async def reopen(self) -> None:
        await self.told(REFUSED, open_ballot(await self.ballot(), by=self.world.secretary, closes_at=self.book.now + timedelta(hours=1)))

    async def restart(self) -> None:
        await self.stop()

    async def back_up(self) -> None:
        target = self.here / f"backup-{len(self.kept)}.tar"
        backups.make(settings(), target, at=self.book.now)
        self.kept.append((target, copy.deepcopy(self.book)))

    async def restore(self) -> None:
        """Into an empty place; the clock goes on."""
        target, book = self.kept.pop()
        await self.stop()
        for part in (*self.here.glob(FILE + "*"), self.here / "secret.key"):
            part.unlink()
        for part in (settings().media, settings().authority):
            shutil.rmtree(part, ignore_errors=True)
        with backups.opened(target, settings()) as (folder, manifest):
            backups.restore(folder, manifest, settings())
        target.unlink()
        book.now, self.book = self.book.now, book

    # What must hold after every act.

    async def same(self) -> None:
        rows = await sql("SELECT * FROM vote WHERE ballot_id = ?", self.number)
        found = {row["voter"]: _mark(row) for row in rows}
        assert found == self.book.votes, f"{found}, expected {self.book.votes}"
        ballot = await self.ballot()
        assert (ballot.cast, ballot.stage) == (len(rows), self.book.stage), f"turnout {ballot.cast}, {ballot.stage}"
        assert (await tallying.counted(ballot))["counts"] == self.counts(), "counters"
        noted = await sql("SELECT act, COUNT(*) AS n FROM entry WHERE subject = 'Ballot' AND subject_id = ? GROUP BY act", self.number)
        acts = {row["act"]: row["n"] for row in noted}
        told = acts.get("ballot.voted", 0), acts.get("ballot.vote_changed", 0)
        assert told == (len(rows), sum(mark.changes for mark in found.values())), f"journal {told}"

    def counts(self) -> dict[str, int]:
        return dict(Counter(mark.choice for mark in self.book.votes.values()))

    def areas(self, *choices: str) -> int:
        return sum(self.listed[voter] for voter, mark in self.book.votes.items() if mark.choice in choices)

    async def counted(self) -> None:
        ballot = await self.ballot()
        assert (ballot.counts, ballot.cast) == (self.counts(), len(self.book.votes)), f"counted {ballot.counts}"
        if self.owners:
            for choice in ("yes", "no", "abstain"):
                wanted = {"persons": self.counts().get(choice, 0), "area_cm2": self.areas(choice)}
                assert ballot.figures[choice] == wanted, f"{choice}: {ballot.figures[choice]}, expected {wanted}"
            assert ballot.figures["participating"]["area_cm2"] == self.areas("yes", "no", "abstain")

    async def finish(self) -> None:
        """To the end: closed, papers checked, declared, published, and counted again by the two other programs."""
        self.book.now = max(self.book.now, self.book.closes)
        if self.book.stage == "open":
            await self.close(False)
        unchecked = [voter for voter, mark in self.book.votes.items() if not mark.checked]
        if unchecked:
            await self.told(REFUSED, declare_ballot(await self.ballot(), by=self.world.secretary))
        for voter in unchecked:
            await self.check(voter, True, False)
        ballot = await self.ballot()
        decision = await declare_ballot(ballot, by=self.world.secretary)
        if self.owners:
            assert (decision.carried is True) == self.carried(), "the owners' decision"
        self.book.stage = "declared"
        if self.thorough:
            await self.recounted()

    async def recounted(self) -> None:
        result = await published(await self.ballot())
        wrong = [*map(str, faults(result)), *script().faults(result)]
        assert not wrong, wrong
        assert sorted(one[:2] for one in result["ballots"]) == sorted([mark.receipt, mark.choice] for mark in self.book.votes.values())

    def carried(self) -> bool:
        """Civil Code art. 278: two thirds of persons and area take part, more than half of either in favour."""
        part, area, yes = len(self.book.votes), self.areas("yes", "no", "abstain"), self.counts().get("yes", 0)
        quorate = 3 * part >= 2 * len(self.listed) and 3 * area >= 2 * sum(self.listed.values())
        return quorate and 2 * yes > part and 2 * self.areas("yes") > area


def _mark(row: dict[str, Any]) -> Mark:
    checked = row["channel"] != "door" or row["checked_at"] is not None
    changes, attempts = (len(json.loads(row[name])) for name in ("changes", "attempts"))
    return Mark(row["choice"], row["receipt"], row["entered_by_id"], row["channel"], checked, changes, attempts)


async def _again(answer: Any) -> Any:
    if isinstance(answer, BaseException):
        raise answer
    return answer


async def _no_pictures(*args: Any) -> list[Any]:
    """Pictures are proved elsewhere."""
    return []
