"""Everything that can befall a vote, in any order, thousands of times: what the application does is compared with a plain model after every act.

Cast, change, papers, authorities, voices of households, several pressing at once, the moment of closing and those beside it, a process that stumbles,
is started anew, a backup and its restoring. The control puts more than 25 faults in, one at a time (`seeds`): each must be found.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.proofs.ground import folder
from tests.proofs.seeds import SEEDS
from tests.proofs.town import Town

QUICK, FULL = 60, 1_000  # votes from beginning to end
STEPS = 30
TRIES = 500  # votes within which a fault must be found
MOMENT = timedelta(microseconds=1)

persons, places = st.integers(0, 7), st.integers(0, 6)
choices = st.sampled_from(("yes", "no", "abstain"))


class Votes(RuleBasedStateMachine):
    town: ClassVar[Town]
    run: ClassVar[Callable[[Coroutine[Any, Any, None]], None]]

    @initialize(owners=st.booleans(), thorough=st.sampled_from((False, False, True)))
    def begin(self, owners: bool, thorough: bool) -> None:
        self.run(self.town.begin(owners, thorough))

    def voter(self, place: int) -> str:
        """A key of the list, or one that is not on it."""
        return self.town.voters[place] if place < len(self.town.voters) else "line:999999"

    def authority(self, place: int) -> int:
        numbers = sorted(self.town.book.authorities)
        return numbers[place % len(numbers)]

    @rule(person=persons, choice=choices)
    def cast(self, person: int, choice: str) -> None:
        self.run(self.town.cast(person, choice))

    @rule(person=persons, choice=st.sampled_from(("maybe", "", "1", "spoiled")))
    def cast_what_is_not_offered(self, person: int, choice: str) -> None:
        self.run(self.town.cast(person, choice))

    @precondition(lambda self: self.town.voted())
    @rule(person=persons, choice=choices, stale=st.sampled_from((0, 0, 1)), brought=st.booleans())
    def change(self, person: int, choice: str, stale: int, brought: bool) -> None:
        voted = (brought and self.town.voted("paper", "door")) or self.town.voted()
        self.run(self.town.change(voted[person % len(voted)], choice, stale))

    @rule(person=persons, first=choices, second=choices)
    def change_from_two_places(self, person: int, first: str, second: str) -> None:
        """Both had looked before either pressed."""
        self.run(self.town.change(person, first, 0))
        self.run(self.town.change(person, second, 1))

    @rule(pressed=st.lists(st.tuples(persons, choices), min_size=2, max_size=4))
    def press_together(self, pressed: list[tuple[int, str]]) -> None:
        self.run(self.town.press([one for one, _ in pressed], [choice for _, choice in pressed]))

    @rule(place=places, choice=choices, channel=st.sampled_from(("paper", "door")))
    def enter_paper(self, place: int, choice: str, channel: str) -> None:
        """Whoever brings one from the door would like to check it, too."""
        self.run(self.town.enter(self.voter(place), choice, channel))
        if self.voter(place) in self.town.brought():
            self.run(self.town.check(self.voter(place), True, True))

    @precondition(lambda self: self.town.brought())
    @rule(place=places, right=st.booleans(), same=st.booleans())
    def check_paper(self, place: int, right: bool, same: bool) -> None:
        brought = self.town.brought()
        self.run(self.town.check(brought[place % len(brought)], right, same))

    @rule(place=places, person=persons)
    def authorise(self, place: int, person: int) -> None:
        self.run(self.town.authorise(self.voter(place), person))

    @precondition(lambda self: self.town.owners)
    @rule(person=persons)
    def bring_one_of_everybody(self, person: int) -> None:
        for voter in self.town.voters:
            self.run(self.town.authorise(voter, person))

    @precondition(lambda self: self.town.owners and not self.town.book.authorities)
    @rule(person=persons, choice=choices)
    def slip_past_the_desk(self, person: int, choice: str) -> None:
        self.run(self.town.slip_past(person))
        for number in sorted(self.town.book.authorities):
            self.run(self.town.cast(person, choice, number))

    @precondition(lambda self: self.town.book.authorities)
    @rule(place=places, person=st.none() | persons, choice=choices)
    def vote_for_another(self, place: int, person: int | None, choice: str) -> None:
        number = self.authority(place)
        ids = [one.id for one in self.town.people]
        self.run(self.town.cast(ids.index(self.town.book.authorities[number][1]) if person is None else person, choice, number))

    @precondition(lambda self: self.town.book.authorities)
    @rule(place=places)
    def withdraw(self, place: int) -> None:
        self.run(self.town.withdraw(self.authority(place)))

    @rule(person=persons, other=persons)
    def name_a_voice(self, person: int, other: int) -> None:
        self.run(self.town.name(person, other))

    @precondition(lambda self: not self.town.owners)
    @rule(person=persons, choice=choices)
    def name_another_and_vote_all_the_same(self, person: int, choice: str) -> None:
        family = [n for n, one in enumerate(self.town.people) if one.household_id == self.town.people[person].household_id]
        self.run(self.town.name(person, family[family.index(person) - 1]))
        self.run(self.town.cast(person, choice))

    @rule(person=persons)
    def stumble(self, person: int) -> None:
        self.run(self.town.torn(person))

    @rule(minutes=st.integers(1, 12))
    def time_passes(self, minutes: int) -> None:
        self.town.book.now += timedelta(minutes=minutes)

    # Not sooner than that, or little would happen while it is open.
    @precondition(lambda self: self.town.book.running and self.town.book.acts > 5)
    @rule(beside=st.sampled_from((-MOMENT, 0 * MOMENT, MOMENT)), person=persons, choice=choices, shut=st.booleans())
    def the_moment_of_closing(self, beside: timedelta, person: int, choice: str, shut: bool) -> None:
        self.town.book.now = self.town.book.closes + beside
        self.run(self.town.cast(person, choice))
        if shut:
            self.run(self.town.close(False))

    @precondition(lambda self: self.town.book.running and self.town.book.votes)
    @rule(choice=choices, channel=st.sampled_from(("paper", "door")), person=persons, shut=st.booleans())
    def the_last_papers_come_in(self, choice: str, channel: str, person: int, shut: bool) -> None:
        """Nobody is left, so that it may be closed before its time."""
        for voter in sorted(set(self.town.voters) - set(self.town.book.votes)):
            self.run(self.town.enter(voter, choice, channel))
        if shut:
            self.run(self.town.close(True))
            self.run(self.town.cast(person, choice))

    @rule(early=st.booleans())
    def close(self, early: bool) -> None:
        self.run(self.town.close(early))

    @precondition(lambda self: self.town.book.stage == "closed")
    @rule()
    def reopen(self) -> None:
        self.run(self.town.reopen())

    @rule()
    def restart(self) -> None:
        self.run(self.town.restart())

    @precondition(lambda self: not self.town.kept)
    @rule()
    def back_up(self) -> None:
        self.run(self.town.back_up())

    @precondition(lambda self: self.town.kept)
    @rule()
    def restore(self) -> None:
        self.run(self.town.restore())

    @invariant()
    def the_same(self) -> None:
        if hasattr(self.town, "number"):
            self.town.book.acts += 1
            self.run(self.town.same())

    def teardown(self) -> None:
        if hasattr(self.town, "number") and sys.exc_info()[0] is None:
            self.run(self.town.finish())


@contextmanager
def town(here: Path) -> Iterator[tuple[Town, asyncio.Runner]]:
    """The neighbourhood, and the loop in which everything in it happens."""
    with asyncio.Runner() as runner:
        found, stack = Town(here), AsyncExitStack()
        runner.run(stack.enter_async_context(found.lived_in()))
        try:
            yield found, runner
        finally:
            runner.run(stack.aclose())


def tried(where: Town, runner: asyncio.Runner, votes: int, seed: int, phases: tuple[Phase, ...]) -> str:
    """What was found in so many votes, or nothing."""
    machine = type("Votes", (Votes,), {"town": where, "run": staticmethod(runner.run), "_hypothesis_internal_use_seed": seed})
    try:
        run_state_machine_as_test(machine, settings=settings(
            max_examples=votes, stateful_step_count=STEPS, deadline=None, database=None, print_blob=False, verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck), phases=phases,
        ))  # fmt: skip
    except Exception as found:
        return f"{type(found).__name__}: {found}"[:500]
    return ""


def held(n: int, seed: int) -> list[str]:
    with folder() as here, town(here) as (where, runner):
        found = tried(where, runner, n, seed, (Phase.generate, Phase.shrink))
        return [found] if found else []


def seeded(seed: int) -> list[str]:
    """What was found of each fault, put in by itself."""
    caught = []
    with folder() as here, town(here) as (where, runner):
        for name, put in SEEDS.items():
            with put():
                found = tried(where, runner, TRIES, seed, (Phase.generate,))
            runner.run(where.stop())
            print(f"states: {name}: {found or 'NOT FOUND'}"[:150], file=sys.stderr)
            caught += [found] if found else []
    return caught


# Hypothesis wants a thread without a running loop: each has its own.
async def prove(n: int, seed: int) -> list[str]:
    return await asyncio.to_thread(held, n, seed)


async def control(seed: int) -> list[str]:
    """Every one of the faults must be found."""
    caught = await asyncio.to_thread(seeded, seed)
    return caught if len(caught) == len(SEEDS) >= 25 else []
