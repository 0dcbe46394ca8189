"""Referrals: a matter taken in here that belongs to another body, handed over with a name and with what the reporter was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person, new_salt
from council.proceedings.matters import Matter, hold
from council.proceedings.reporting import CONFIRM, read_phone
from council.proceedings.triage import WITHIN
from council.refusals import Refusal
from council.rules import privacy
from council.rules.calendar import add_working_days

# Bodies outside the neighbourhood that decide for themselves, with the number that is the same everywhere; "" where each has its own.
BODIES: dict[str, tuple[Phrase, str]] = {
    "POLICE": (Phrase("Police"), "110"),
    "COURT": (Phrase("Court, arbitration or notary"), "12368"),
    "HOTLINE": (Phrase("The 12345 hotline"), "12345"),
    "STREET": (Phrase("Another street or community"), ""),
    "OTHER": (Phrase("Another authority or company"), ""),
}


class Referral(Model):
    """A matter handed over to `name`, a body of the kind `to`. It ends when the matter comes back, with the reason in `returned`."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    to = fields.CharField(12)
    name = fields.CharField(80)
    phone = fields.CharField(20, default="")
    words = fields.TextField()
    by_id = fields.IntField()
    at = fields.DatetimeField()
    returned = fields.TextField(default="")
    ended_at: datetime | None = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "referral"
        indexes = (("matter_id", "id"),)

    @property
    def number(self) -> str:
        """What to ring: its own number, else the one that is the same everywhere; may be empty."""
        return self.phone or BODIES[self.to][1]


@dataclass(frozen=True)
class Elsewhere:
    """Where a matter belongs: the kind of body, its name, its telephone if it has its own, and what the reporter was told."""

    to: str
    name: str
    words: str
    phone: str = ""


async def refer(matter: Matter, where: Elsewhere, *, by: Person) -> Referral:
    """Hand a matter over. From then on nothing is promised here, and it waits on nobody's desk."""
    phone = _check(where)
    async with writing():
        await hold(matter)
        await must(by, "matter.refer", matter)
        await matter.move("handed_over")
        matter.due = None
        await matter.save(update_fields=["due"])
        made = await Referral.create(
            matter=matter, to=where.to, name=where.name.strip(), phone=phone, words=where.words.strip(), by_id=by.id, at=clock.now()
        )
        await note("matter.handed_over", matter, by, referral=made.id, to=where.to, texts={"name": made.name, "words": made.words})
    return made


def _check(where: Elsewhere) -> str:
    """The telephone in digits."""
    if where.to not in BODIES:
        raise Refusal("Choose one of the answers shown.", field="to")
    if len(where.name.strip()) < 2:
        raise Refusal("Name the body, so that the reporter knows whom to ask.", field="name")
    if len(where.words.strip()) < 4:
        raise Refusal("Write what the reporter was told.", field="words")
    for field, value in (("name", where.name), ("words", where.words)):
        privacy.check_text(value, field)
    return read_phone(where.phone) if len("".join(filter(str.isdigit, where.phone))) > 6 else _short(where.phone)


def _short(phone: str) -> str:
    """A short number such as 110 or 12345, or none."""
    digits = "".join(filter(str.isdigit, phone))
    if phone.strip() and len(digits) < 3:
        raise Refusal("Write the telephone number with all its digits, such as 13800000000.", field="phone")
    return digits


async def take_back(matter: Matter, words: str, *, by: Person) -> Referral:
    """The other body did not take it: it is ours again, with the reason, and the days of grace run anew."""
    privacy.check_text(words, "words")
    if len(words.strip()) < 4:
        raise Refusal("Write why it comes back.", field="words")
    async with writing():
        await hold(matter)
        await must(by, "matter.take_back", matter)
        await matter.move("confirmed" if matter.affair else "reported")
        matter.due = add_working_days(clock.today(), WITHIN.get(matter.affair, CONFIRM))
        await matter.save(update_fields=["due"])
        last = await Referral.filter(matter_id=matter.id, ended_at=None).order_by("-id").get()
        last.returned, last.ended_at = words.strip(), clock.now()
        await last.save(update_fields=["returned", "ended_at"])
        await note("matter.taken_back", matter, by, referral=last.id, texts={"words": last.returned})
    return last


async def elsewhere(matter: Matter) -> Referral | None:
    """Where the matter is now, if it was handed over."""
    if matter.stage != "handed_over":
        return None
    return await Referral.filter(matter_id=matter.id, ended_at=None).order_by("-id").first()
