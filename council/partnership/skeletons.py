"""A community's own templates: plain text with named fields, in versions. Nothing in them is ever executed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.refusals import Refusal

# The fields a template may hold. The first three stay in the text and are filled when the paper is made.
LATER = ("首日", "末日", "份数")
FIELDS = (*LATER, "街道", "社区", "甲方", "共建内容", "月份")
FIELD = re.compile("〔([^〔〕\n]{1,20})〕")
NUMBERED = re.compile(r"\d{4}")  # 〔2026〕 of a document's number is no field
HEADING = "# "
MOST = 24


class Skeleton(Model):
    """A template of one community. What was saved once stays: another wording is a row with the next `version`."""

    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    name = fields.CharField(60)
    version = fields.IntField(default=1)
    text = fields.TextField()
    by: fields.ForeignKeyRelation[Person] = belongs("Person")
    by_id: int
    at = fields.DatetimeField()
    last_day = fields.DateField(null=True)

    class Meta:
        table = "skeleton"
        unique_together = (("place", "name", "version"),)

    @property
    def clauses(self) -> list[dict[str, str]]:
        return _split(self.text)[1]

    @property
    def preamble(self) -> str:
        return _split(self.text)[0]


def _split(text: str) -> tuple[str, list[dict[str, str]]]:
    """The preamble, and the articles: each begins with a line “# heading”."""
    first, *rest = re.split(r"(?m)^# *", "\n" + text.replace("\r", ""))
    parts = [part.partition("\n") for part in rest]
    return first.strip(), [{"heading": head.strip(), "body": body.strip()} for head, _line, body in parts if body.strip()]


def check(text: str) -> None:
    """Refuse a text without articles, or with a field nobody fills: it would stand in a signed agreement as it is."""
    _preamble, clauses = _split(text)
    if not 1 <= len(clauses) <= MOST:
        raise Refusal("A template has from 1 to %(n)s articles; each begins with a line “# heading”.", n=MOST, field="text")
    unknown = [name for name in dict.fromkeys(FIELD.findall(text)) if name not in FIELDS and not NUMBERED.fullmatch(name)]
    if unknown:
        raise Refusal(
            "These fields are not known: %(unknown)s. Known are: %(known)s.", unknown="、".join(unknown), known="、".join(FIELDS), field="text"
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its known fields filled, by plain replacement: a value is never read again for fields."""
    return FIELD.sub(lambda found: values.get(found[1], found[0]), text)


async def keep(place: Place, name: str, text: str, *, by: Person) -> Skeleton:
    """A new template, or the next version of the one with this name."""
    check(text)
    async with writing():
        await must(by, "skeleton.keep", at=place)
        newest = await Skeleton.filter(place_id=place.id, name=name).order_by("-version").first()
        if newest and newest.text == text and newest.last_day is None:
            return newest
        version = newest.version + 1 if newest else 1
        await Skeleton.filter(place_id=place.id, name=name, last_day=None).update(last_day=clock.today())
        made = await Skeleton.create(place=place, name=name, version=version, text=text, by=by, at=clock.now())
        await note("skeleton.kept", made, by, texts={"text": text}, version=version)
    return made


async def end(skeleton: Skeleton, *, by: Person) -> None:
    """Offered no longer; agreements made from it stay as they are."""
    async with writing():
        await must(by, "skeleton.keep", at=await skeleton.place)
        if await Skeleton.filter(id=skeleton.id, last_day=None).update(last_day=clock.today()):
            await note("skeleton.ended", skeleton, by)


async def skeletons(path: str) -> list[Skeleton]:
    """What the communities within a path offer today."""
    return await Skeleton.filter(place__path__startswith=path, last_day=None).select_related("place", "by").order_by("name", "id").limit(100)


async def history(skeleton: Skeleton) -> list[Any]:
    """All versions of a template, the newest first."""
    return await Skeleton.filter(place_id=skeleton.place_id, name=skeleton.name).select_related("by").order_by("-version").limit(50)
