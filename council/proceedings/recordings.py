"""A spoken answer: a recording that one person of the office hears, writes down as it was said, and that is then deleted.

A voice tells who speaks, so it is kept sealed, heard by the staff of the place alone, each hearing written down, and shown to nobody else ever.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.sealed import sealer
from council.proceedings.answerbox import locked, say
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Contribution
from council.proceedings.masking import masked
from council.refusals import Conflict, NotFound, Refusal
from council.settings import settings

LARGEST, LONGEST = 6_000_000, 2000  # bytes: ten minutes of speech as telephones record it; signs of what is written down
# What the first bytes of a sound file say it is: what a browser or a telephone calls it is believed by nobody.
STARTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1aE\xdf\xa3", "audio/webm"), (0, b"OggS", "audio/ogg"), (4, b"ftyp", "audio/mp4"), (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"), (0, b"\xff\xf3", "audio/mpeg"), (0, b"\xff\xf1", "audio/aac"), (0, b"\xff\xf9", "audio/aac"),
    (0, b"#!AMR", "audio/amr"), (8, b"WAVE", "audio/wav"),
)  # fmt: skip


class Recording(Model):
    """A recording on its way to words. Once it is written down or taken back the file is gone and `file` empty, only its digest stays."""

    id = fields.IntField(primary_key=True)
    contribution: fields.ForeignKeyRelation[Contribution] = belongs("Contribution")
    contribution_id: int
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    kind = fields.CharField(16)
    size = fields.IntField()
    digest = fields.CharField(64)
    file = fields.CharField(64)
    made_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    done_by_id = fields.IntField(null=True)

    class Meta:
        table = "recording"
        indexes = (("consultation_id", "done_at"),)

    @property
    def path(self) -> Path:
        return settings().media / "voices" / self.file

    @classmethod
    async def find(cls, number: int) -> Recording:
        found = await cls.get_or_none(id=number, done_at=None) if number < 2**31 else None
        if found is None:
            raise NotFound
        return found


def kind_of(data: bytes) -> str:
    """What sound this is; a Refusal for anything else."""
    if len(data) > LARGEST:
        raise Refusal("This recording is too large. It may have %(mb)s MB, which is about ten minutes.", mb=LARGEST // 1_000_000, field="recording",
                      status=413)  # fmt: skip
    found = next((kind for at, start, kind in STARTS if data[at : at + len(start)] == start), "")
    if not found:
        raise Refusal("This is no recording we can play. Use the recorder of your phone, or a file that ends in m4a, mp3, amr, ogg or wav.",
                      field="recording")  # fmt: skip
    return found


async def attach(contribution_id: int, data: bytes, *, by: Actor) -> Recording:
    """Keep a recording with an answer; it takes the place of an earlier one that nobody has written down yet."""
    kind, contribution = kind_of(data), await Contribution.get(id=contribution_id)
    made = Recording(
        contribution_id=contribution.id, consultation_id=contribution.consultation_id, kind=kind, size=len(data), made_at=clock.now(),
        digest=hashlib.sha256(data).hexdigest(), file=secrets.token_hex(16),
    )  # fmt: skip
    await asyncio.to_thread(_lock_away, made.path, data)  # the file first: a row never points to nothing
    async with writing():
        consultation = await locked(contribution.consultation_id)
        if not consultation.running():
            await asyncio.to_thread(made.path.unlink)
            raise Conflict("This consultation is closed. Nothing more is taken.")
        await drop(await Recording.filter(contribution_id=contribution.id, done_at=None), by)
        await made.save()
        await consultation.note("recording.attached", by, voter=contribution.voter, size=made.size)
    return made


def _lock_away(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(sealer().seal_text(b64encode(data).decode(), "recording"))


async def waiting(consultation: Consultation) -> list[Recording]:
    """Those that nobody has written down yet, in an order that tells nothing of who came when."""
    return await Recording.filter(consultation_id=consultation.id, done_at=None).order_by("digest")


async def waits(contribution: Contribution) -> bool:
    return await Recording.exists(contribution_id=contribution.id, done_at=None)


async def hear(recording: Recording, consultation: Consultation, *, by: Person) -> bytes:
    """The sound itself, for whoever writes it down; that it was heard stays in the journal."""
    async with writing():
        await must(by, "recording.hear", consultation)
        await consultation.note("recording.heard", by, recording=recording.id)
    sealed = await asyncio.to_thread(recording.path.read_bytes)
    return b64decode(sealer().open_text(sealed, "recording"))


async def write_down(recording: Recording, words: str, *, by: Person) -> None:
    """What was said, in the words it was said in; numbers and names are masked as in every opinion. The recording is deleted."""
    consultation = await Consultation.get(id=recording.consultation_id)
    kept = await masked(consultation, words)
    if not 2 <= len(kept) <= LONGEST:
        raise Refusal("Write down what was said, in at most %(n)s signs. If nothing can be understood, write that.", n=LONGEST, field="words")
    async with writing():
        await must(by, "recording.hear", consultation)
        contribution = await Contribution.get(id=recording.contribution_id)
        await drop([recording], by)
        await say(contribution, consultation, kept)
        await consultation.note("recording.written_down", by, recording=recording.id)


async def take_back(contribution: Contribution, *, by: Actor) -> None:
    """Whoever spoke takes the recording away again; it is deleted unheard."""
    async with writing():
        await must(by, "contribution.change", contribution)
        await drop(await Recording.filter(contribution_id=contribution.id, done_at=None), by)


async def drop(recordings: list[Recording], by: Actor | None) -> None:
    """Away for good, within `writing()`: the row keeps only that there was one."""
    for one in recordings:
        if not await Recording.filter(id=one.id, done_at=None).update(done_at=clock.now(), done_by_id=by.id if by else None, file=""):
            raise Conflict("Somebody was faster: please look at the newest state.")
        await asyncio.to_thread(one.path.unlink, missing_ok=True)
        await note("recording.deleted", one, by, consultation=one.consultation_id)
