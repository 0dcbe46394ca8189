"""A photo in pieces: each counted once, however often and in whatever order it is sent."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.people import Visitor
from council.proceedings import photos, uploads
from council.proceedings.reporting import Report, forget
from council.proceedings.uploads import Piece, Upload, take_in
from council.refusals import Conflict, Refusal
from tests.routes.steps import jpeg

PHOTO = jpeg((900, 600))


@pytest.fixture
async def draft(world):
    report = await Report.begin("楼道里的灯坏了三天了。")
    await report.locate(world.grid, "")
    return report


def piece(start, end, data=PHOTO):
    return Piece(start, len(data), data[start:end])


async def test_a_photo_in_three_pieces_is_kept_once(draft):
    for start in range(0, len(PHOTO), third := len(PHOTO) // 3 + 1):
        upload = await take_in(piece(start, start + third), "Report", draft.id, "a")
    assert upload.received == len(PHOTO)
    (kept,) = await photos.of("Report", draft.id)
    assert (upload.photo_id, kept.width, kept.height) == (kept.id, 900, 600)
    assert not upload.path.exists()


async def test_after_a_cut_it_goes_on_at_the_byte_that_is_here(draft):
    await take_in(piece(0, 500), "Report", draft.id, "a")
    assert (await uploads.of("Report", draft.id, "a")).received == 500
    with pytest.raises(Conflict):
        await take_in(piece(900, 1200), "Report", draft.id, "a")
    with pytest.raises(Conflict):
        await take_in(piece(0, 500), "Report", draft.id, "a")
    assert (await take_in(piece(500, len(PHOTO)), "Report", draft.id, "a")).photo_id


async def test_the_last_piece_sent_again_gives_the_same_photo(draft):
    first = await take_in(piece(0, len(PHOTO)), "Report", draft.id, "a")
    again = await take_in(piece(0, len(PHOTO)), "Report", draft.id, "a")
    assert again.photo_id == first.photo_id
    assert len(await photos.of("Report", draft.id)) == 1


async def test_the_same_piece_side_by_side_is_counted_once(draft):
    done = await asyncio.gather(*(take_in(piece(0, len(PHOTO)), "Report", draft.id, "a") for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(one, Upload) for one in done) >= 1
    assert all(isinstance(one, Upload | Conflict) for one in done), done
    assert len(await photos.of("Report", draft.id)) == 1


async def test_bytes_that_were_all_here_when_the_machine_stopped_become_a_photo(draft, monkeypatch):
    async def stopped(upload):
        raise OSError("out of power")

    with monkeypatch.context() as broken:
        broken.setattr(uploads, "_finish", stopped)
        with pytest.raises(OSError, match="power"):
            await take_in(piece(0, len(PHOTO)), "Report", draft.id, "a")
    assert (await uploads.of("Report", draft.id, "a")).received == len(PHOTO)
    assert (await take_in(piece(len(PHOTO), len(PHOTO)), "Report", draft.id, "a")).photo_id


async def test_what_is_no_photo_is_refused_and_may_be_chosen_anew(draft):
    with pytest.raises(Refusal):
        await take_in(Piece(0, 9, b"not a jpg"), "Report", draft.id, "c")
    assert await uploads.of("Report", draft.id, "c") is None
    assert await photos.of("Report", draft.id) == []


@pytest.mark.parametrize("wrong", [Piece(0, 0, b""), Piece(0, 15_000_001, b"x"), Piece(-1, -1, b"x"), Piece(0, 3, b"four"), Piece(2, 9, b"x")])
async def test_impossible_pieces_are_refused(draft, wrong):
    with pytest.raises(Refusal):
        await take_in(wrong, "Report", draft.id, "a")


async def test_no_more_are_begun_than_there_is_room_for(draft):
    for key in ("a", "b", "c"):
        await take_in(piece(0, 100), "Report", draft.id, key)
    with pytest.raises(Refusal):
        await take_in(piece(0, 100), "Report", draft.id, "d")
    assert (await take_in(piece(100, len(PHOTO)), "Report", draft.id, "a")).photo_id


async def test_all_together_have_a_bound(draft, monkeypatch):
    monkeypatch.setattr(uploads, "UNFINISHED", len(PHOTO))
    await take_in(piece(0, 100), "Report", draft.id, "a")
    with pytest.raises(Refusal) as refused:
        await take_in(piece(0, 100), "Report", draft.id, "b")
    assert refused.value.status == 503


async def test_a_photo_taken_away_can_be_sent_again(draft):
    await take_in(piece(0, len(PHOTO)), "Report", draft.id, "a")
    await photos.drop(await photos.of("Report", draft.id))
    assert await uploads.of("Report", draft.id, "a") is None
    assert (await take_in(piece(0, len(PHOTO)), "Report", draft.id, "a")).photo_id


async def test_half_a_photo_is_forgotten_with_its_report_or_after_two_hours(draft, monkeypatch):
    half = await take_in(piece(0, 100), "Report", draft.id, "a")
    await uploads.forget(clock.now() - uploads.KEPT)
    assert await Upload.exists()
    await uploads.forget(clock.now() + timedelta(seconds=1))
    assert not await Upload.exists()
    assert not half.path.exists()
    half = await take_in(piece(0, 100), "Report", draft.id, "a")
    await forget(clock.now() + timedelta(seconds=1))
    assert not await Upload.exists()
    assert not half.path.exists()


async def test_a_report_is_sent_without_what_has_not_arrived(draft):
    await take_in(piece(0, len(PHOTO)), "Report", draft.id, "a")
    half = await take_in(piece(0, 100), "Report", draft.id, "b")
    matter, _ = await draft.send(by=Visitor())
    assert len(await photos.of("Matter", matter.id)) == 1
    assert not half.path.exists()
    assert not await Upload.exists()
