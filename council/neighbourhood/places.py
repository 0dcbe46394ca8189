"""The place tree: district, street, community, grid, micro-grid."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.refusals import Refusal

LEVELS = ("DISTRICT", "STREET", "COMMUNITY", "GRID", "MICRO_GRID")


class Place(Model):
    """A node of the tree. `path` holds the ids from the root, "/1/4/9/", so that reach is a prefix.

    Every grid belongs to exactly one community, never directly to a street (DB6101/T 3185-2024).
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(64)
    level = fields.CharField(12)
    exclusive = fields.BooleanField(default=False)
    code = fields.CharField(32, default="")
    parent: fields.ForeignKeyNullableRelation[Place] = belongs("Place", null=True)
    parent_id: int | None
    path = fields.CharField(120, db_index=True, default="")
    demo = fields.BooleanField(default=False)
    phone = fields.CharField(32, default="")
    first_day = fields.DateField(null=True)
    last_day = fields.DateField(null=True)

    class Meta:
        table = "place"

    def __str__(self) -> str:
        return self.name

    @property
    def place_id(self) -> int:
        return self.id

    def covers(self, other: Place) -> bool:
        """Is `other` this place or inside it?"""
        return other.path.startswith(self.path)

    @classmethod
    async def add(cls, name: str, level: str, parent: Place | None = None, **more: Any) -> Place:
        """A new place under `parent`, one level below it or more; a grid only under a community."""
        if level not in LEVELS or (parent and LEVELS.index(level) <= LEVELS.index(parent.level)):
            raise Refusal("A %(level)s cannot lie inside %(parent)s.", level=level, parent=parent.name if parent else "", field="level")
        if level == "GRID" and (parent is None or parent.level != "COMMUNITY"):
            raise Refusal("A grid belongs to exactly one community.", field="parent")
        place = await cls.create(name=name, level=level, parent=parent, **more)
        place.path = f"{parent.path if parent else '/'}{place.id}/"
        await place.save(update_fields=["path"])
        return place

    async def ancestors(self) -> list[Place]:
        """From the root down to this place, this one included."""
        ids = [int(part) for part in self.path.strip("/").split("/")]
        found = {place.id: place for place in await Place.filter(id__in=ids)}
        return [found[i] for i in ids]

    async def at_level(self, level: str) -> Place:
        """The ancestor (or itself) at `level`."""
        for place in await self.ancestors():
            if place.level == level:
                return place
        return self

    async def children(self) -> list[Place]:
        return await Place.filter(parent_id=self.id).order_by("id")

    @classmethod
    async def within(cls, path: str, level: str | None = None) -> list[Place]:
        found = cls.filter(path__startswith=path)
        return await (found.filter(level=level) if level else found).order_by("path")
