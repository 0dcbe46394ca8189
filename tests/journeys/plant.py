"""Builds the cast (`world`), the cast beside 300 answers (`statements`), that of roads 1 and 2 (`roads`) or the demonstration (`demo`) in the data
folder of a server under test and prints a session for each of them, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from council import db
from council.secretariat import demo
from tests.client import signed_in
from tests.journeys import neighbours, plant_statements
from tests.world import build

PLANTS = {"world": build, "roads": neighbours.build, "demo": demo.plant, "statements": plant_statements.build}


async def plant(what: str) -> dict[str, dict[str, object]]:
    async with db.connected():
        people = (await PLANTS[what]()).people
        return {key: {"id": person.id, "name": person.name, "token": await signed_in(person)} for key, person in people.items()}


if __name__ == "__main__":
    asyncio.run(db.migrate())
    print(json.dumps(asyncio.run(plant(sys.argv[1]))))
