"""The cast of roads 1 and 2, on top of tests/world.py: a whole community with its council, its representatives and its owners.

The community review council lists 23: two grid heads, the property company, fifteen representatives, the owners' committee, four units.
The representatives' meeting has 48 members: seven of the residents' committee (the director 钱芳 is one) and 41 representatives.
The register holds 420 owners of 60.00 m² each, 25,200.00 m² in all.
"""

from __future__ import annotations

from council.neighbourhood.journal import writing
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Owner, enter_owners
from council.neighbourhood.registry import add_household, add_person, add_unit, grant
from tests.world import World
from tests.world import build as cast

COMMITTEE = ("钱芳", "邹勇", "柳青", "宋洁", "范军", "贺玲", "龚平")
SURNAMES, GIVEN = "赵孙周吴郑冯褚卫蒋沈韩杨朱", ("大明", "小红", "志强")
NAMES = tuple(surname + given for given in GIVEN for surname in SURNAMES)[:38]
UNITS = (("第三小学", "方敏"), ("丁山信用社", "石磊"), ("长风卫生站", "白雪"))
OWNERS, AREA_CM2 = 420, 600_000


async def build() -> World:
    world = await cast()
    await _committee(world)
    await _representatives(world)
    await _council(world)
    async with writing():
        owners = [Owner(f"业主{n:03}", (f"{n // 60 + 1}号楼{n:03}",), AREA_CM2) for n in range(1, OWNERS + 1)]
        await enter_owners(owners, world.community, "2026年不动产登记", by=world.secretary)
    return world


async def _person(world: World, key: str, name: str, place: Place) -> Person:
    world.people[key] = await add_person(name, place, by=world.operator)
    return world.people[key]


async def _committee(world: World) -> None:
    for n, name in enumerate(COMMITTEE):
        member = await _person(world, "director" if n == 0 else f"committee{n}", name, world.community)
        await grant(member, "committee_member", by=world.operator, place=world.community)
    await grant(world.director, "director", by=world.operator, place=world.community)


async def _representatives(world: World) -> None:
    for key in ("resident", "neighbour", "across"):
        await grant(world.people[key], "resident_representative", by=world.operator, place=world.community)
    for n, name in enumerate(NAMES, 4):
        home = await add_household(world.other_grid, f"{n}号楼", "", "301", by=world.operator)
        one = await add_person(name, world.other_grid, by=world.operator, household=home)
        world.people[f"representative{n}"] = one
        await grant(one, "resident_representative", by=world.operator, place=world.community)


async def _council(world: World) -> None:
    for key, name, grid in (("grid_head", "罗琴", world.grid), ("other_grid_head", "邓波", world.other_grid)):
        await grant(await _person(world, key, name, grid), "grid_head", by=world.operator, place=grid)
    owners = await add_unit("长风小区业主委员会", "owners_committee", world.community, by=world.operator)
    await grant(await _person(world, "owners_head", "潘伟", world.community), "owners_committee_head", by=world.operator, unit=owners)
    for name, head in UNITS:
        unit = await add_unit(name, "resident_unit", world.community, by=world.operator)
        await grant(await _person(world, name, head, world.community), "unit_head", by=world.operator, unit=unit)
