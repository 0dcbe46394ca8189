"""Builds the cast in the data folder of a server under test and prints a session for each of them, as JSON."""

from __future__ import annotations

import asyncio
import json

from council import db
from tests.client import signed_in
from tests.world import build


async def plant() -> dict[str, dict[str, object]]:
    async with db.connected():
        world = await build()
        return {key: {"id": person.id, "name": person.name, "token": await signed_in(person)} for key, person in world.people.items()}


if __name__ == "__main__":
    asyncio.run(db.migrate())
    print(json.dumps(asyncio.run(plant())))
