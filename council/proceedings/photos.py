"""Photos: upright, at most 1600 px, without EXIF, seen only with what they belong to."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from pathlib import Path

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.neighbourhood.journal import writing
from council.refusals import NotFound, Refusal
from council.settings import settings
from council.workshop import pictures

MOST, MOST_ID = 3, 2**31 - 1


class Photo(Model):
    """A picture of a report, a matter or a task. `file` is a random name: nothing of the sender's file survives."""

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    file = fields.CharField(64)
    digest = fields.CharField(64)
    width = fields.IntField()
    height = fields.IntField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "photo"
        indexes = (("subject", "subject_id"),)

    @property
    def path(self) -> Path:
        return settings().media / self.file[:2] / self.file


async def keep(pictures_sent: list[bytes], subject: str, number: int) -> list[Photo]:
    """Clean the pictures and keep them with their record; at most three of them."""
    if not pictures_sent:
        return []
    await room_for(len(pictures_sent), subject, number)
    return [await _keep(await _cleaned(data), subject, number) for data in pictures_sent]


async def cleaned(pictures_sent: list[bytes]) -> list[pictures.Picture]:
    """The pictures ready to `put`, before the record they will belong to is made."""
    if len(pictures_sent) > MOST:
        raise Refusal("At most %(most)s photos can be kept.", most=MOST, field="photo")
    return [await _cleaned(data) for data in pictures_sent]


async def put(ready: list[pictures.Picture], subject: str, number: int) -> list[Photo]:
    """Keep cleaned pictures with their record."""
    return [await _keep(picture, subject, number) for picture in ready]


async def room_for(more: int, subject: str, number: int) -> None:
    """A Refusal when a record would have too many."""
    if await Photo.filter(subject=subject, subject_id=number).count() + more > MOST:
        raise Refusal("At most %(most)s photos can be kept.", most=MOST, field="photo")


async def _cleaned(data: bytes) -> pictures.Picture:
    try:
        return await pictures.cleaned(data)
    except pictures.PictureFault as fault:
        fault.field = "photo"
        raise


async def _keep(picture: pictures.Picture, subject: str, number: int) -> Photo:
    photo = Photo(
        subject=subject, subject_id=number, file=f"{secrets.token_hex(16)}.webp", digest=hashlib.sha256(picture.data).hexdigest(),
        width=picture.width, height=picture.height, made_at=clock.now(),
    )  # fmt: skip
    await asyncio.to_thread(_write, photo.path, picture.data)  # the file first: a row never points to nothing
    try:
        async with writing():
            await room_for(1, subject, number)  # asked again where only one writes: others may have sent theirs meanwhile
            await photo.save()
    except Refusal:
        await asyncio.to_thread(photo.path.unlink, missing_ok=True)
        raise
    return photo


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(data)


async def one(number: int, subject: str, subject_id: int) -> Photo:
    """The photo of this record, or NotFound."""
    found = await Photo.get_or_none(id=number, subject=subject, subject_id=subject_id) if number <= MOST_ID else None
    if found is None:
        raise NotFound
    return found


async def of(subject: str, number: int) -> list[Photo]:
    return await Photo.filter(subject=subject, subject_id=number).order_by("id")


async def drop(photos: list[Photo]) -> None:
    """Take pictures away for good: row and file."""
    async with writing():
        for photo in photos:
            await photo.delete()
    for photo in photos:
        await asyncio.to_thread(photo.path.unlink, missing_ok=True)
