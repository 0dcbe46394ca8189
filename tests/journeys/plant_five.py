"""Adds the five organisations of an agreement to the cast of a running server and prints a session for each signer, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from council import db
from council.neighbourhood.households import Household
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from tests.client import signed_in
from tests.five import five
from tests.world import World


async def world_of(cast: dict[str, int]) -> World:
    """The cast as it lies in the database."""
    places = {each.name: each for each in await Place.all()}
    organisations = {each.name: each for each in await PartyOrganisation.all()}
    units = {each.name: each for each in await Unit.all()}
    return World(
        places["丁山街道"], places["长风社区"], places["第一网格"], places["第二网格"], places["新华社区"], organisations["长风社区党委"],
        organisations["丁山街道党工委"], organisations["长风第一网格党支部"], units["和平宾馆"], organisations["和平宾馆党支部"],
        units["安居物业公司"], people={key: await Person.get(id=number) for key, number in cast.items()},
        households={each.room: each for each in await Household.all()},
    )  # fmt: skip


async def plant(cast: dict[str, int]) -> dict[str, dict[str, object]]:
    async with db.connected():
        made = await five(await world_of(cast))
        names = ("clinic", "college", "court")
        return {
            key: {"id": person.id, "name": person.name, "token": await signed_in(person)} for key, person in zip(names, made.signers[2:], strict=True)
        }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant(json.loads(sys.argv[1])))))
