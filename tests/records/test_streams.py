"""Live rooms: the same bytes for all, at most ten times a second, nothing for whoever has left."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import pytest

from council.app import application
from council.neighbourhood import journal
from council.neighbourhood.journal import note, writing
from council.proceedings import chair, roll, speakers
from council.refusals import Refusal
from council.secretariat import doubts, rooms, streams
from council.secretariat.listening import Stream
from council.secretariat.signals import Audience, touched
from council.secretariat.streams import Hub
from tests.client import signed_in
from tests.records.cast import called

ROOM, WALL = Audience("room", "zh_Hans_CN"), Audience("wall", "zh_Hans_CN")


class Ear:
    """A browser at the other end of a stream."""

    def __init__(self) -> None:
        self.sent, self.ended = b"", False
        self.gone: asyncio.Event = asyncio.Event()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent += message.get("body", b"")
        self.ended = message["type"] == "http.response.body" and not message["more_body"]
        if self.ended:
            self.gone.set()

    def events(self) -> list[str]:
        return [line.split()[1] for line in self.sent.decode().splitlines() if line.startswith("event:")]

    def parts(self) -> Counter:
        return Counter(chunk.split('"')[0] for chunk in self.sent.decode().split('hx-target="#')[1:])


@pytest.fixture
async def hub(monkeypatch):
    monkeypatch.setattr(streams, "BEAT", 0.02)
    made, drawn = Hub(), Counter()

    async def draw(meeting_id, parts, audience):
        drawn.update((part, audience.page, audience.language) for part in parts)
        return {part: f"<p>{part}\n{drawn.total()}</p>" for part in parts}

    made.draw, made.drawings = draw, drawn
    journal.listen(made.hear)
    working = [asyncio.create_task(work) for work in (made.run(), doubts.ask(made))]
    yield made
    journal.silence(made.hear)
    for task in working:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def yes():
    return True


@contextlib.asynccontextmanager
async def listening(hub, meeting, audience=ROOM, *, seat=None, last=0, still=yes):
    ear = Ear()
    stream = Stream(hub, meeting.id, audience, still, seat_id=seat.id if seat else None, last=last)
    task = asyncio.create_task(stream({}, ear.receive, ear.send))
    await asyncio.sleep(0.1)
    try:
        yield ear
    finally:
        ear.gone.set()
        await asyncio.wait_for(task, 5)


async def latest(meeting):
    return (await journal.Entry.filter(meeting_id=meeting.id).order_by("-sequence").first()).sequence


async def test_a_new_stream_gets_the_whole_present_state(world, hub):
    cast = await called(world)
    async with listening(hub, cast.meeting) as ear:
        assert set(ear.parts()) == {"now", "presence", "agenda", "speakers"}
        assert set(ear.events()) == {"mine", "ballot", "proposals"}


async def test_a_page_that_is_up_to_date_gets_nothing(world, hub):
    cast = await called(world)
    async with listening(hub, cast.meeting, last=await latest(cast.meeting)) as ear:
        assert not ear.parts()
        assert not ear.events()


async def test_after_a_break_only_what_changed_meanwhile_is_sent(world, hub):
    cast = await called(world)
    before = await latest(cast.meeting)
    await cast.seat("resident", world.secretary)
    async with listening(hub, cast.meeting, last=before) as ear:
        assert set(ear.parts()) == {"presence"}
        assert f"id: {await latest(cast.meeting)}" in ear.sent.decode()


async def test_an_act_reaches_everybody_and_is_drawn_once(world, hub):
    cast = await called(world)
    async with contextlib.AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(listening(hub, cast.meeting, last=await latest(cast.meeting))) for _ in range(20)]
        wall = await stack.enter_async_context(listening(hub, cast.meeting, WALL, last=await latest(cast.meeting)))
        hub.drawings.clear()
        await chair.open(cast.meeting, by=world.secretary)
        await asyncio.sleep(0.3)
        assert all(set(ear.parts()) == {"now", "presence", "agenda", "speakers"} for ear in ears)
        assert len({ear.sent for ear in ears}) == 1
        assert "mine" in ears[0].events()
        assert wall.events() == []
    assert set(hub.drawings.values()) == {1}
    assert len(hub.drawings) == 7


async def test_a_storm_of_votes_is_told_in_few_messages(world, hub):
    cast = await called(world)
    async with listening(hub, cast.meeting, last=await latest(cast.meeting)) as ear:
        for number in range(100):
            async with writing():
                await note("ballot.voted", cast.meeting, world.resident, meeting_id=cast.meeting.id, n=number)
        await asyncio.sleep(0.3)
        assert 1 <= ear.parts()["now"] < 60
        assert ear.events() == []


async def test_raising_a_hand_asks_only_those_in_the_queue_to_look_again(world, hub):
    cast = await called(world)
    await chair.open(cast.meeting, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    waiting, other = await cast.seat("resident", world.secretary), await cast.seat("manager", world.secretary)
    now = await latest(cast.meeting)
    async with listening(hub, cast.meeting, seat=waiting, last=now) as mine, listening(hub, cast.meeting, seat=other, last=now) as theirs:
        await speakers.ask(cast.item, waiting, by=world.resident)
        await asyncio.sleep(0.3)
        assert mine.events() == ["mine"]
        assert theirs.events() == []
        assert theirs.parts()["speakers"] == 1


async def test_the_stream_of_a_seat_that_is_left_ends_and_the_others_stay(world, hub):
    cast = await called(world)
    leaving, staying = await cast.seat("resident", world.secretary), await cast.seat("manager", world.secretary)
    now = await latest(cast.meeting)
    async with listening(hub, cast.meeting, seat=leaving, last=now) as gone, listening(hub, cast.meeting, seat=staying, last=now) as here:
        await roll.leave(leaving, cast.meeting, by=world.secretary)
        await asyncio.sleep(0.3)
        assert gone.ended
        assert gone.events()[-1] == "left"
        assert not here.ended
        before = gone.sent
        await chair.open(cast.meeting, by=world.secretary)
        await asyncio.sleep(0.2)
        assert gone.sent == before
        assert here.parts()["now"] == 1


async def test_whoever_is_no_longer_allowed_is_asked_and_ended(world, hub, monkeypatch):
    monkeypatch.setattr(doubts, "ASK_AGAIN", -1)
    cast = await called(world)

    async def no():
        return False

    async with listening(hub, cast.meeting, still=no) as refused, listening(hub, cast.meeting) as allowed:
        await doubts.ask_once(hub)
        await asyncio.sleep(0.2)
        assert refused.ended
        assert not allowed.ended


async def test_whatever_process_a_seat_was_left_in_its_stream_ends(world, hub):
    cast = await called(world)
    seat = await cast.seat("resident", world.secretary)
    async with listening(hub, cast.meeting, seat=seat) as gone, listening(hub, cast.meeting) as here:
        await roll.Seat.filter(id=seat.id).update(left_at=cast.meeting.starts_at)  # no entry that this process could hear
        await doubts.sweep_once(hub)
        await asyncio.sleep(0.1)
        assert gone.ended
        assert not here.ended
    assert doubts.SWEEP < 5


async def test_an_office_that_ends_is_asked_about_at_once(world, hub):
    cast, answers = await called(world), [True]

    async def still():
        return answers[0]

    async with listening(hub, cast.meeting, still=still) as ear:
        answers[0] = False
        async with writing():
            await note("office.ended", world.secretary, world.operator)
        await asyncio.sleep(0.2)
        assert ear.ended


async def test_the_number_a_browser_brings_back_vouches_for_everything_before_it(world, hub, monkeypatch):
    cast = await called(world)
    await chair.open(cast.meeting, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    seat = await cast.seat("resident", world.secretary)
    async with listening(hub, cast.meeting, seat=seat, last=await latest(cast.meeting)) as ear:
        await speakers.ask(cast.item, seat, by=world.resident)
        await asyncio.sleep(0.2)
        monkeypatch.setattr(rooms, "STALE_EVERY", 10**6)
        told = ear.events()
        await speakers.withdraw((await speakers.queue(cast.item))[0], cast.item, by=world.resident)
        await asyncio.sleep(0.2)
        # The second staleness is held back: until it is told no number may claim that it was.
        assert ear.parts()["speakers"] == 2
        assert ear.events() == told
        assert f"id: {await latest(cast.meeting)}" not in ear.sent.decode()
        monkeypatch.setattr(rooms, "STALE_EVERY", 1)
        await asyncio.sleep(0.2)
        assert ear.sent.decode().rstrip().endswith(f"id: {await latest(cast.meeting)}")


async def test_an_open_stream_is_held_with_nothing_of_its_request(world):
    cast, ear = await called(world), Ear()
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "https", "path": f"/meetings/{cast.meeting.id}/stream", "root_path": "",
        "raw_path": b"", "query_string": b"page=wall", "server": ("council.test", 443), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"council.test"), (b"cookie", f"__Host-session={await signed_in(world.secretary)}".encode())],
    }  # fmt: skip
    before = set(scope)
    task = asyncio.create_task(application()(scope, ear.receive, ear.send))
    async with asyncio.timeout(10):
        while streams.hub.rooms.get(cast.meeting.id) is None:
            await asyncio.sleep(0.01)
    frames, awaited = [], task.get_coro()
    while awaited is not None and hasattr(awaited, "cr_code"):
        frames.append(awaited.cr_code.co_name)
        awaited = awaited.cr_await
    assert frames[:2] == ["__call__", "hold"]
    assert set(scope) == before
    ear.gone.set()
    await asyncio.wait_for(task, 5)
    assert cast.meeting.id not in streams.hub.rooms


async def test_streams_are_counted_for_their_holder(world, monkeypatch):
    monkeypatch.setattr(streams, "PER_HOLDER", 2)
    made = Hub()
    for _ in range(2):
        made.enter(("address here", "session 1"))
    with pytest.raises(Refusal):
        made.enter(("address here", "session 1"))
    made.enter(("address here", "session 2"))
    made.leave(("address here", "session 1"))
    made.enter(("address here", "session 1"))
    assert made.open_from["address here"] == 3


async def test_a_room_nobody_listens_to_is_forgotten(world, hub):
    cast = await called(world)
    async with listening(hub, cast.meeting):
        assert cast.meeting.id in hub.rooms
    assert cast.meeting.id not in hub.rooms


async def test_another_meeting_hears_nothing(world, hub):
    cast, beside = await called(world), await called(world)
    async with listening(hub, beside.meeting, last=await latest(beside.meeting)) as ear:
        await chair.open(cast.meeting, by=world.secretary)
        await asyncio.sleep(0.2)
        assert not ear.parts()


async def test_a_part_that_cannot_be_drawn_does_not_stop_the_other_rooms(world, hub):
    cast, beside = await called(world), await called(world)
    drawn = hub.draw

    async def faulty(meeting_id, parts, audience):
        if meeting_id == cast.meeting.id:
            raise RuntimeError("broken on purpose")
        return await drawn(meeting_id, parts, audience)

    async with listening(hub, cast.meeting, last=await latest(cast.meeting)), listening(hub, beside.meeting,
    last=await latest(beside.meeting)) as ear:
        hub.draw = faulty
        await chair.open(cast.meeting, by=world.secretary)
        await chair.open(beside.meeting, by=world.secretary)
        await asyncio.sleep(0.3)
        assert ear.parts()["now"] == 1


@pytest.mark.parametrize("act", ["ballot.voted", "ballot.turnout", "ballot.vote_changed", "ballot.voted_already"])
def test_a_vote_never_makes_the_others_ask(act):
    assert not set(touched(act)[1]) - {"desk"}
