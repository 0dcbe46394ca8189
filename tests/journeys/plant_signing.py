"""For the details of signing: an agreement of three that 甲方 has signed and the clinic has looked at; and one of two, finished."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from council import db
from council.partnership import signing
from council.partnership.agreements import Agreement
from council.workshop import pdf
from tests.client import signed_in
from tests.five import PIN, Five, equip, five, opened, place_of
from tests.journeys.plant_five import world_of


async def signs(made: Five, agreement: Agreement, n: int) -> None:
    person = made.signers[n]
    await signing.sign(await place_of(agreement, person), signing.Hand(typed=person.name), PIN, by=person)


async def plant(cast: dict[str, int]) -> dict[str, Any]:
    async with db.connected():
        made = await five(await world_of(cast))
        running = await opened(made, partners=made.partners[:2], projects=[])
        finished = await opened(made, partners=made.partners[:1], projects=[], title="餐桌共建协议")
        hotel, clinic = await place_of(running, made.signers[1]), await place_of(running, made.signers[2])
        for place in (await place_of(running, made.signers[0]), hotel):
            await equip(place, made.world.deputy)
        await signs(made, running, 0)
        await signing.have_read(clinic, by=made.signers[2])
        await signs(made, finished, 0)
        await signs(made, finished, 1)
        who = made.signers[2]
        return {
            "hotel": hotel.id, "running": running.id, "finished": finished.id, "done": (await place_of(finished, made.signers[1])).id,
            "code": finished.public_code, "clinic": {"id": who.id, "name": who.name, "token": await signed_in(who)},
        }  # fmt: skip


async def main() -> None:
    print(json.dumps(await plant(json.loads(sys.argv[1]))))
    await pdf.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
