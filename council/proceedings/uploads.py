"""Uploads: a photo on its way in pieces, so that a cut connection costs only the piece that was on the line."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from council import clock
from council.neighbourhood.journal import writing
from council.proceedings import photos
from council.proceedings.matters import hold
from council.refusals import Conflict, Refusal
from council.settings import settings
from council.workshop.pictures import BYTES

PIECE = 1_000_000  # bytes: no piece is larger
KEPT = timedelta(hours=2)  # since the last piece
UNFINISHED = 300_000_000  # bytes of all photos on their way together


class Upload(Model):
    """So many bytes of a photo are here. `key` is what the browser calls the file, so that it finds it again after a break or a reload.

    `photo_id` is filled when the last byte has come and the photo was kept: the same last piece sent again gives the same photo.
    """

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    key = fields.CharField(64)
    size = fields.IntField()
    received = fields.IntField(default=0)
    file = fields.CharField(64)
    photo_id = fields.IntField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "upload"
        unique_together = (("subject", "subject_id", "key"),)
        indexes = (("at",),)

    @property
    def path(self) -> Path:
        return settings().media / "arriving" / self.file


@dataclass(frozen=True)
class Piece:
    """Bytes of a file of `size` bytes, from byte `start` on."""

    start: int
    size: int
    data: bytes


async def of(subject: str, number: int, key: str) -> Upload | None:
    """What has come of a file. An upload whose photo was taken away since, or whose bytes are gone, is none: it begins anew."""
    found = await Upload.get_or_none(subject=subject, subject_id=number, key=key)
    if found is None:
        return None
    here = await photos.Photo.exists(id=found.photo_id) if found.photo_id else found.path.exists()
    if here or not found.received:
        return found
    await _drop([found])
    return None


async def take_in(piece: Piece, subject: str, number: int, key: str) -> Upload:
    """Put a piece where it belongs; with the last one the photo is kept with its record. A Conflict when other bytes are awaited."""
    if not 0 < piece.size <= BYTES:
        raise Refusal("This photo is too large. It may have %(mb)s MB.", mb=BYTES // 1_000_000, status=413, field="photo")
    upload = await _begun(piece, subject, number, key)
    if upload.photo_id is None:
        await _append(upload, piece)
    if upload.photo_id is None and upload.received == upload.size:
        await _finish(upload)
    return upload


async def _begun(piece: Piece, subject: str, number: int, key: str) -> Upload:
    """The upload of this key, begun if it is new; also when its first piece comes twice side by side."""
    try:
        return await of(subject, number, key) or await _begin(piece, subject, number, key)
    except IntegrityError:
        return await Upload.get(subject=subject, subject_id=number, key=key)


async def _begin(piece: Piece, subject: str, number: int, key: str) -> Upload:
    """If there is room for another photo, with its record and on the machine."""
    async with writing():
        await forget(clock.now() - KEPT)
        await photos.room_for(1 + await Upload.filter(subject=subject, subject_id=number, photo_id=None).count(), subject, number)
        await _bounded(piece.size)
        return await Upload.create(
            subject=subject, subject_id=number, key=key, size=piece.size, file=secrets.token_hex(16), at=clock.now()
        )


async def _bounded(more: int) -> None:
    """Only bytes that have come take room: whoever announces large photos and sends nothing keeps nobody out."""
    sizes = await Upload.filter(photo_id=None).values_list("received", flat=True)
    if sum(int(str(size)) for size in sizes) + more > UNFINISHED:
        raise Refusal("Too many photos are being sent at this moment. Please try again in a few minutes.", status=503, field="photo")


async def _append(upload: Upload, piece: Piece) -> None:
    """The bytes go to their place first and are counted after: what is counted is there, whatever breaks in between."""
    async with writing():
        await hold(upload)
        if piece.start != upload.received or piece.size != upload.size or piece.start + len(piece.data) > upload.size:
            raise Conflict("Another part of this photo is awaited.", field="photo")
        await _bounded(len(piece.data))
        await asyncio.to_thread(_write, upload.path, piece)
        upload.received, upload.at = upload.received + len(piece.data), clock.now()
        await upload.save(update_fields=["received", "at"])


def _write(path: Path, piece: Piece) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "wb") as target:
        target.seek(piece.start)
        target.write(piece.data)


async def _finish(upload: Upload) -> None:
    """Made small and kept. What turns out to be no photo is forgotten, so that another file can be chosen."""
    data = await asyncio.to_thread(upload.path.read_bytes)
    try:
        kept = await photos.keep([data], upload.subject, upload.subject_id)
    except Refusal:
        await _drop([upload])
        raise
    await _settle(upload, kept[0])
    await asyncio.to_thread(upload.path.unlink, missing_ok=True)


async def _settle(upload: Upload, kept: photos.Photo) -> None:
    """The last piece may have been sent twice side by side: the photo that is second is not kept."""
    async with writing():
        await hold(upload)
        if upload.photo_id is None:
            upload.photo_id = kept.id
            await upload.save(update_fields=["photo_id"])
            return
    await photos.drop([kept])


async def _drop(found: list[Upload]) -> None:
    """Rows and bytes."""
    for one in found:
        await asyncio.to_thread(one.path.unlink, missing_ok=True)
    async with writing():
        await Upload.filter(id__in=[one.id for one in found]).delete()


async def forget(before: datetime) -> None:
    """Photos whose last piece came before a moment: nobody sends the rest any more."""
    await _drop(await Upload.filter(at__lt=before).limit(50))


async def let_go(subject: str, number: int) -> None:
    """Everything that was on its way to a record: it has gone on without."""
    await _drop(await Upload.filter(subject=subject, subject_id=number))
