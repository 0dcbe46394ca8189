"""The cast. Built through the same verbs as the routes use; every test speaks in these names.

Dingshan Street (丁山街道) with the community Changfeng (长风社区) and its grids one and two, and the community Xinhua (新华社区) beside it.
- 何平 operator; 周敏 secretary of Changfeng's Party committee; 吴江 secretary of the street working committee;
- 冯丽 secretary of the branch that leads grid one, 郑凯 grid worker there, 蒋文 clerk of the community, 沈涛 deputy secretary;
- 王秀兰 and 李建国 residents of grid one (3号楼402, 3号楼502), 陈思远 resident of grid two;
- 韩雪 represents the resident unit 和平宾馆, 许强 manages the property company, 杨帆 officer of the street's department station;
- 曹静 secretary of the community beside, 严明 its resident: both outsiders in Changfeng; 吕宁 once an officer, whose term has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from council import clock
from council.neighbourhood.households import Household
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.registry import (
    add_household,
    add_organisation,
    add_person,
    add_place,
    add_unit,
    found,
    grant,
)  # fmt: skip


@dataclass
class World:
    street: Place
    community: Place
    grid: Place
    other_grid: Place
    beside: Place
    committee: PartyOrganisation
    working_committee: PartyOrganisation
    branch: PartyOrganisation
    hotel: Unit
    hotel_branch: PartyOrganisation
    property: Unit
    people: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        """world.secretary, world.resident …"""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


async def again(world: World) -> World:
    """The same cast, read anew from the database of this test."""
    from council.routes.pages import Site

    async def read(value: Any) -> Any:
        return {key: await read(one) for key, one in value.items()} if isinstance(value, dict) else await type(value).get(id=value.id)

    await Site.read()
    return World(**{each.name: await read(getattr(world, each.name)) for each in fields(World)})


async def build() -> World:
    community, operator = await found("丁山街道", "长风社区", "何平")
    street = await Place.get(level="STREET")
    beside = await add_place("新华社区", "COMMUNITY", street, by=operator)
    grid = await add_place("第一网格", "GRID", community, by=operator)
    other = await add_place("第二网格", "GRID", community, by=operator)
    far = await add_place("新华第一网格", "GRID", beside, by=operator)
    working = await add_organisation("丁山街道党工委", "working_committee", street, by=operator)
    committee = await add_organisation("长风社区党委", "committee", community, by=operator, parent=working)
    branch = await add_organisation("长风第一网格党支部", "branch", grid, by=operator, parent=committee, covers=(grid,))
    beside_committee = await add_organisation("新华社区党委", "committee", beside, by=operator, parent=working)
    hotel = await add_unit("和平宾馆", "resident_unit", community, by=operator)
    hotel_branch = await add_organisation("和平宾馆党支部", "branch", community, by=operator, unit=hotel)
    estate = await add_unit("安居物业公司", "property_company", community, by=operator)
    station = await add_unit("丁山街道综合行政执法队", "department", street, by=operator)
    h402 = await add_household(grid, "3号楼", "", "402", by=operator)
    h502 = await add_household(grid, "3号楼", "", "502", by=operator)
    h101 = await add_household(other, "8号楼", "", "101", by=operator)
    world = World(street, community, grid, other, beside, committee, working, branch, hotel, hotel_branch, estate)
    world.people["operator"] = operator
    world.households.update(h402=h402, h502=h502, h101=h101)

    async def person(key: str, name: str, place: Place, phone: str = "", household: Household | None = None) -> Person:
        world.people[key] = await add_person(name, place, by=operator, phone=phone, household=household)
        return world.people[key]

    today = clock.today()
    await grant(await person("street_secretary", "吴江", street), "secretary", by=operator, organisation=working)
    await grant(await person("secretary", "周敏", community), "secretary", by=operator, organisation=committee)
    await grant(await person("deputy", "沈涛", community), "deputy_secretary", by=operator, organisation=committee)
    await grant(await person("clerk", "蒋文", community), "clerk", by=operator, place=community)
    await grant(await person("grid_secretary", "冯丽", grid), "secretary", by=operator, organisation=branch)
    await grant(await person("grid_worker", "郑凯", grid), "grid_worker", by=operator, place=grid)
    await person("resident", "王秀兰", grid, "13800000001", h402)
    await person("neighbour", "李建国", grid, "13800000002", h502)
    await person("across", "陈思远", other, "13800000003", h101)
    await grant(await person("hotel_secretary", "韩雪", community), "secretary", by=operator, organisation=hotel_branch, place=community)
    await grant(await person("manager", "许强", community), "property_manager", by=operator, unit=estate)
    await grant(await person("officer", "杨帆", street), "department_officer", by=operator, unit=station)
    await grant(await person("beside_secretary", "曹静", beside), "secretary", by=operator, organisation=beside_committee)
    await person("outsider", "严明", far, "13800000009")
    ended = await person("former", "吕宁", community)
    await grant(ended, "secretary", by=operator, organisation=committee, first_day=today - timedelta(days=400), last_day=today - timedelta(days=1))
    return world
