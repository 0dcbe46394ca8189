"""A box takes along whoever stands at its door, and waits for nobody else."""

from __future__ import annotations

import asyncio

from council.proceedings import box
from council.proceedings.box import Box


async def turns_taken(papers: int) -> list[int]:
    """How many papers went into each commit, where each comes a turn of the event loop after the one before."""
    sizes: list[int] = []

    async def take(held):
        sizes.append(len(held))
        return list(held)

    async def come(turns):
        for _ in range(turns):
            await asyncio.sleep(0)
        return await ours.drop(turns)

    ours: Box[int, int] = Box("box", take)
    assert await asyncio.gather(*(come(n) for n in range(papers))) == list(range(papers))
    return sizes


async def test_whoever_comes_through_the_door_meanwhile_comes_along(monkeypatch):
    monkeypatch.setattr(box, "GATHER", 60.0)
    assert await turns_taken(5) == [5]
    monkeypatch.setattr(box, "TURNS", 0)
    assert len(await turns_taken(5)) > 1  # the control


async def test_who_came_first_does_not_wait_for_a_stream_without_end(monkeypatch):
    monkeypatch.setattr(box, "GATHER", 0.0)
    assert len(await turns_taken(20)) > 1


async def test_one_commit_holds_no_more_than_it_may(monkeypatch):
    monkeypatch.setattr(box, "GATHER", 60.0)
    monkeypatch.setattr(box, "AT_ONCE", 4)
    assert max(await turns_taken(20)) == 4


async def test_a_fault_of_the_whole_commit_is_told_to_everybody():
    async def burst(held):
        raise RuntimeError(f"{len(held)} papers")

    ours: Box[int, int] = Box("box", burst)
    answers = await asyncio.gather(*(ours.drop(n) for n in range(3)), return_exceptions=True)
    assert [str(one) for one in answers] == ["3 papers"] * 3
