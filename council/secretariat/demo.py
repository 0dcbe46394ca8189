"""The demonstration neighbourhood: invented people and organisations, entered through the same verbs as the routes use.

It has the shape of the cases that the public sources tell of: a works housing compound with too few parking places, a fitness
ground, a five-party agreement. Every page and paper of it carries the banner 演示数据.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from council.neighbourhood.alliances import ally
from council.neighbourhood.households import Household
from council.neighbourhood.journal import writing
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Owner, enter_owners
from council.neighbourhood.registry import (
    add_household,
    add_organisation,
    add_person,
    add_place,
    add_unit,
    found,
    grant,
)  # fmt: skip
from council.secretariat.demo_cast import COUNCILLORS

OWNERS, AREA = 420, 2_520_000_00


@dataclass
class Demo:
    """What was planted, by key."""

    operator: Person
    places: dict[str, Place] = field(default_factory=dict)
    organisations: dict[str, PartyOrganisation] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)

    async def person(self, name: str, place: str, *, phone: str = "", household: Household | None = None) -> Person:
        self.people[name] = await add_person(name, self.places[place], by=self.operator, phone=phone, household=household)
        return self.people[name]


async def plant() -> Demo:
    """The whole demonstration in an empty database, all or nothing; refused where there is a neighbourhood already."""
    from council.secretariat import demo_life

    async with writing():
        demo = await standing_records()
        await demo_life.plant(demo)
    return demo


async def standing_records() -> Demo:
    community, operator = await found("丁山街道", "长风社区", "何平", demo="yes")
    demo = Demo(operator, people={operator.name: operator})
    demo.places |= {"street": await Place.get(level="STREET"), "community": community}
    for key, name in (("one", "第一网格"), ("two", "第二网格"), ("three", "第三网格")):
        demo.places[key] = await add_place(name, "GRID", community, by=operator)
    demo.places["market"] = await add_place("长风市场专属网格", "GRID", community, by=operator, exclusive="yes")
    await _organisations(demo)
    await _homes(demo)
    await _officers(demo)
    await _owners(demo)
    return demo


async def _organisations(demo: Demo) -> None:
    by, places, made = demo.operator, demo.places, demo.organisations
    made["working"] = await add_organisation("丁山街道党工委", "working_committee", places["street"], by=by)
    made["committee"] = await add_organisation("长风社区党委", "committee", places["community"], by=by, parent=made["working"])
    for key, name, covers in (("one", "长风第一网格党支部", ("one",)), ("two", "长风第二网格党支部", ("two", "three"))):
        covered = tuple(places[c] for c in covers)
        made[key] = await add_organisation(name, "branch", places[key], by=by, parent=made["committee"], covers=covered)
    for key, unit, kind, branch, temporary in (
        ("hotel", "和平宾馆", "resident_unit", "和平宾馆党支部", ""),
        ("hospital", "惠安医院", "resident_unit", "惠安医院党支部", ""),
        ("college", "老年大学长风分校", "social_organisation", "老年大学长风分校临时党支部", "yes"),
        ("owners", "枣林小区业主委员会", "owners_committee", "枣林小区业主委员会党支部", ""),
    ):
        demo.units[key] = await add_unit(unit, kind, places["community"], by=by)
        made[key] = await add_organisation(branch, "branch", places["community"], by=by, unit=demo.units[key], temporary=temporary)
    demo.units["estate"] = await add_unit("安居物业公司", "property_company", places["community"], by=by, phone="0000-8000001")
    demo.units["enforcement"] = await add_unit("丁山街道综合行政执法队", "department", places["street"], by=by, phone="0000-8000002")
    demo.units["water"] = await add_unit("清源供水公司", "utility", places["street"], by=by, phone="0000-8000003")
    await ally("长风社区党建联盟", places["community"], [made[k] for k in ("committee", "hotel", "hospital", "college", "owners")], by=by)


async def _homes(demo: Demo) -> None:
    for key, building, rooms in (("one", "3号楼", (201, 301, 402, 502, 601)), ("two", "8号楼", (101, 202, 303)), ("three", "12号楼", (401, 501))):
        for room in rooms:
            home = await add_household(demo.places[key], building, "", str(room), by=demo.operator)
            demo.households[f"{building}{room}"] = home
    homes = demo.households
    await demo.person("王秀兰", "one", phone="13800000001", household=homes["3号楼402"])
    await demo.person("李建国", "one", phone="13800000002", household=homes["3号楼502"])
    await demo.person("陈思远", "two", phone="13800000003", household=homes["8号楼101"])
    await demo.person("赵桂芳", "three", phone="13800000004", household=homes["12号楼401"])


async def _officers(demo: Demo) -> None:
    by, units, organisations = demo.operator, demo.units, demo.organisations

    async def office(name: str, place: str, code: str, organisation: str = "", unit: str = "") -> None:
        person = demo.people.get(name) or await demo.person(name, place)
        await grant(
            person, code, by=by, organisation=organisations.get(organisation), unit=units.get(unit), place=demo.places[place]
        )  # fmt: skip

    await office("吴江", "street", "secretary", "working")
    await office("杨帆", "street", "department_officer", unit="enforcement")
    await office("卢洋", "street", "department_officer", unit="water")
    await office("周敏", "community", "secretary", "committee")
    await office("沈涛", "community", "deputy_secretary", "committee")
    await office("蒋文", "community", "clerk")
    await office("汪洁", "community", "supervisor")
    await office("骆敏", "community", "director")
    for name in ("洪波", "柳青", "向前", "施展", "倪萍", "安宁"):
        await office(name, "community", "committee_member")
    await office("冯丽", "one", "secretary", "one")
    await office("马骏", "two", "secretary", "two")
    for name, grid in (("郑凯", "one"), ("苏晴", "two"), ("范磊", "three")):
        await office(name, grid, "grid_worker")
    for name, grid in (("唐伟", "one"), ("潘虹", "two"), ("方圆", "three")):
        await office(name, grid, "grid_head")
    await office("许强", "community", "property_manager", unit="estate")
    await office("崔健民", "community", "owners_committee_head", unit="owners")
    for name, key in (("韩雪", "hotel"), ("林岚", "hospital"), ("田野", "college"), ("崔健民", "owners")):
        await office(name, "community", "secretary", key, key)
    for name in COUNCILLORS:
        await office(name, "community", "resident_representative")


async def _owners(demo: Demo) -> None:
    """A register of 420 owners with 25,200.00 m² in all, each home its own area."""
    each = [5_000_00 + (n % 5) * 500_00 for n in range(OWNERS)]
    each[-1] += AREA - sum(each)
    owners = [Owner(f"业主{n + 1:03d}", (f"{n // 42 + 1}号楼{n % 42 + 101}",), area) for n, area in enumerate(each)]
    async with writing():
        await enter_owners(owners, demo.places["community"], "演示业主名册", by=demo.operator)
