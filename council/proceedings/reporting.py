"""Taking in: a report on its way through the steps of the form, and the matter it becomes."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import LANGUAGES, Phrase, speaking
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import lookup, seal
from council.proceedings import uploads
from council.proceedings.matters import Matter
from council.proceedings.photos import Photo, drop, of
from council.refusals import Refusal
from council.rules import privacy
from council.rules.calendar import add_working_days
from council.rules.numbering import query_code

# Working days within which somebody rings back, and within which a person confirms who handles it: this system's own promise.
RING_BACK, CONFIRM = 1, 3
KEPT = timedelta(days=1)
log = logging.getLogger(__name__)
CHANNELS = {
    "web": Phrase("I report it myself"),
    "phone": Phrase("Somebody rang"),
    "door": Phrase("Told at the door or in the street"),
    "desk": Phrase("Told at the service centre"),
}


class Report(Model):
    """What somebody has typed so far, kept on the server so that Back loses nothing. It holds no name and no number, and lasts a day.

    Sent, it is emptied and only its nonce stays, so that Back leads to the receipt and not to a second matter.
    """

    id = fields.IntField(primary_key=True)
    text = fields.TextField()
    place: fields.ForeignKeyNullableRelation[Place] = belongs("Place", null=True)
    place_id: int | None
    spot = fields.CharField(120, default="")
    suggestion: dict[str, Any] = fields.JSONField(default=dict)
    nonce = fields.CharField(32)
    at = fields.DatetimeField()

    class Meta:
        table = "report"

    @classmethod
    async def kept(cls, numbers: list[int]) -> Report | None:
        """The newest of the reports that a browser carries, unless it was sent or forgotten."""
        found = await cls.get_or_none(id=numbers[-1]) if numbers else None
        return found if found and found.text else None

    @classmethod
    async def code_of_sent(cls, numbers: list[int]) -> str:
        """The query code, if the newest of the reports that a browser carries was sent today; else empty."""
        found = await cls.get_or_none(id=numbers[-1], text="") if numbers else None
        return code_of(found.nonce) if found and await sent(found.nonce) else ""

    @classmethod
    async def begin(cls, text: str) -> Report:
        """A first answer. Reports nobody finished are taken away on the way."""
        privacy.check_text(text, "text")
        async with writing():
            await forget(clock.now() - KEPT)
            return await cls.create(text=text, suggestion=suggested(text), nonce=secrets.token_hex(16), at=clock.now())

    async def reword(self, text: str) -> None:
        privacy.check_text(text, "text")
        async with writing():
            self.text, self.suggestion = text, suggested(text)
            await self.save(update_fields=["text", "suggestion"])

    async def locate(self, place: Place, spot: str) -> None:
        privacy.check_text(spot, "spot")
        async with writing():
            self.place, self.spot = place, spot
            await self.save(update_fields=["place_id", "spot"])

    async def send(self, *, by: Actor, name: str = "", phone: str = "", channel: str = "web") -> tuple[Matter, str]:
        """It becomes a matter: the matter and its query code. Pressed twice, it gives the same again."""
        place = await Place.get_or_none(id=self.place_id)
        if place is None:
            raise Refusal("Please say where it is.", field="place")
        async with writing():
            told = Told(self.text, place, self.spot, name, phone, channel, self.nonce)
            matter, code = await report(told, by=by)
            await Photo.filter(subject="Report", subject_id=self.id).update(subject="Matter", subject_id=matter.id)
            await Report.filter(id=self.id).update(text="", spot="", place_id=None, suggestion={})
        await uploads.let_go("Report", self.id)
        return matter, code


async def forget(before: datetime) -> None:
    """Reports begun before a moment and never sent, with their photos."""
    for old in await Report.filter(at__lt=before).limit(50):
        await drop(await of("Report", old.id))
        await uploads.let_go("Report", old.id)
        await old.delete()


async def tidy() -> None:
    """Every hour, while the office is open: what nobody sent within a day is taken away."""
    while True:
        try:
            async with writing():
                await forget(clock.now() - KEPT)
                await uploads.forget(clock.now() - uploads.KEPT)
        except Exception:
            log.exception("what nobody sent could not be taken away")
        await asyncio.sleep(3600)


async def sent(nonce: str) -> bool:
    """Has this act of submitting become a matter already?"""
    return bool(nonce) and await Matter.exists(nonce=lookup(nonce, "nonce"))


@dataclass(frozen=True)
class Told:
    """What somebody brings, as typed. The contact may stay empty; `channel`: web, phone, door, desk; `nonce` names one act of submitting."""

    text: str
    place: Place
    spot: str = ""
    name: str = ""
    phone: str = ""
    channel: str = "web"
    nonce: str = ""


def code_of(nonce: str) -> str:
    """The query code of one act of submitting: the same again for the same nonce, known to nobody without it."""
    drawn = iter(range(1000))
    return query_code(lambda signs: str(signs[int(lookup(f"{nonce}/{next(drawn)}", "code"), 16) % len(signs)]))


async def report(told: Told, *, by: Actor) -> tuple[Matter, str]:
    """Take in a matter; it and its query code. The same nonce again gives the same matter, however often it is pressed."""
    nonce = told.nonce or secrets.token_hex(16)
    for field, value in (("text", told.text), ("spot", told.spot), ("name", told.name)):
        privacy.check_text(value, field)
    phone = read_phone(told.phone)
    try:
        async with writing():
            await must(by, "matter.report", at=told.place)
            made = await Matter.get_or_none(nonce=lookup(nonce, "nonce")) or await _enter(told, nonce, phone, by)
    except IntegrityError:
        made = await Matter.get(nonce=lookup(nonce, "nonce"))
    return made, code_of(nonce)


async def _enter(told: Told, nonce: str, phone: str, by: Actor) -> Matter:
    found, mine = suggested(told.text), told.channel == "web"
    made = await Matter.create(
        code_digest=lookup(code_of(nonce), "matter"), nonce=lookup(nonce, "nonce"), title=title_of(told.text), text=told.text, spot=told.spot,
        place=told.place, path=told.place.path, reporter_id=by.id if mine else None, entered_by_id=None if mine else by.id, channel=told.channel,
        reporter_name_sealed=seal(told.name, "name"), phone_sealed=seal(phone, "phone"), suggestion=found, flags=found["flags"],
        reported_at=clock.now(), due=add_working_days(clock.today(), CONFIRM),
    )  # fmt: skip
    await note("matter.reported", made, by, channel=told.channel, texts={"text": told.text, "title": made.title})
    return made


def read_phone(typed: str) -> str:
    """A telephone number in digits only, empty for an empty one; a Refusal for what cannot be rung."""
    digits = "".join(sign for sign in typed if sign.isdigit()).removeprefix("86")
    if typed.strip() and not 7 <= len(digits) <= 12:
        raise Refusal("Write the telephone number with all its digits, such as 13800000000.", field="phone")
    return digits


def title_of(text: str) -> str:
    """The first sentence that says something, at most 40 signs; a salutation says nothing."""
    pieces = [piece.strip() for piece in text.replace("\n", "。").replace("！", "。").replace("？", "。").split("。")]
    polite = ("您好", "你好", "尊敬", "领导", "各位", "大家好", "hello")
    told = [p for p in pieces if p and not (len(p) <= 16 and any(word in p.lower() for word in polite))]
    first = privacy.redact((told or [text.strip()])[0])
    return first if len(first) <= 40 else first[:39] + "…"


def suggested(text: str, title: str = "") -> dict[str, Any]:
    """What the sorter proposes, kept beside the matter: class, secondary, handoff, flags, confidence, reasons in every language."""
    from council.rules.triage import suggest  # reads its tables at first use

    found = suggest(text, title)
    return {
        "class": str(found.affair or ""), "secondary": [str(one) for one in found.secondary], "handoff": list(found.handoff),
        "flags": list(found.flags), "confidence": float(found.confidence),
        "reasons": [{"by": r.by, "test": r.test, "words": list(r.words), "text": _said(r.text)} for r in found.reasons],
    }  # fmt: skip


def _said(phrase: Phrase) -> dict[str, str]:
    out = {}
    for code in LANGUAGES:
        with speaking(code):
            out[code] = str(phrase)
    return out
