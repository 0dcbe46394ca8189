"""Five organisations that do not exist, in the shape of an agreement of 2022: a community Party committee, two branches of units,
a temporary branch and the branch of an owners' committee, with needs, resources and projects. Entered through the verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from council import clock
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person
from council.neighbourhood.registry import add_organisation, add_person, add_unit, grant
from council.partnership import drafting, freezing, keys, signing
from council.partnership.agreements import Agreement, Signatory
from council.partnership.needs import Wish, add_need
from council.partnership.projects import Plan, add_project
from council.partnership.resources import Offer, add_resource
from tests.world import World

ORIGIN = "https://council.test"
PIN = "820641"
STROKES = "[[[10,40],[60,20],[110,60],[160,30],[200,55]],[[30,80],[120,70],[190,90]]]"


@dataclass
class Five:
    """The organisations in the order of the text and who signs for each."""

    world: World
    organisations: list[PartyOrganisation]
    signers: list[Person]
    projects: list[int] = field(default_factory=list)

    @property
    def partners(self) -> list[int]:
        return [each.id for each in self.organisations[1:]]

    def draft(self, **more: object) -> drafting.Draft:
        today = clock.today()
        given = {
            "title": "社区“党建联盟”共建协议书", "category": "MUTUAL_SERVICE", "first_day": today, "last_day": date(today.year + 1, 12, 31),
            "partners": self.partners, "contents": ("ORGANISATION", "MUTUAL_SERVICE", "SHARED_VENUES"), "projects": self.projects,
        }  # fmt: skip
        return drafting.Draft(**(given | more))  # type: ignore[arg-type]


async def five(world: World) -> Five:
    operator, clerk, community = world.operator, world.clerk, world.community

    async def partner(name: str, unit: str, kind: str, secretary: str, temporary: str = "") -> tuple[PartyOrganisation, Person]:
        made = await add_unit(unit, kind, community, by=operator)
        organisation = await add_organisation(name, "branch", community, by=operator, unit=made, temporary=temporary)
        person = await add_person(secretary, community, by=operator)
        since = clock.today() - timedelta(days=200)
        await grant(person, "secretary", by=operator, organisation=organisation, place=community, first_day=since)
        return organisation, person

    clinic = await partner("康和医院党支部", "康和医院", "resident_unit", "苏玉珂")
    college = await partner("老年大学长风分校临时党支部", "老年大学长风分校", "social_organisation", "陈龑", temporary="yes")
    court = await partner("槐香小区业主委员会党支部", "槐香小区业主委员会", "owners_committee", "贾文澜")
    made = Five(
        world, [world.committee, world.hotel_branch, clinic[0], college[0], court[0]],
        [world.secretary, world.hotel_secretary, clinic[1], college[1], court[1]],
    )  # fmt: skip
    meals = await add_need(
        world.grid, Wish("社区食堂为高龄老人送餐上门", "第一网格", "80岁以上独居老人37人", "soon", "每日11:30前"), by=world.grid_worker
    )
    clinics = await add_need(community, Wish("每月一次义诊和用药指导", "第一网格", "慢性病居民", "usual", "每月第二个周六"), by=clerk)
    kitchen = await add_resource(
        community, world.hotel_branch, Offer("中央厨房余量", "equipment", "每日60份", "工作日", "收成本价"), by=world.hotel_secretary
    )
    doctors = await add_resource(community, clinic[0], Offer("全科医师和护士", "people", "4人次/月", "每月第二个周六", "社区备场地"), by=clinic[1])
    await add_resource(community, court[0], Offer("架空层活动室", "venue", "120平方米", "每日8:00—20:00", "保持整洁"), by=clerk)
    today = clock.today()
    for title, lead, need, resource, who in (
        ("幸福餐桌", world.hotel_branch, meals, kitchen, "韩雪"), ("健康守门", clinic[0], clinics, doctors, "苏玉珂"),
    ):  # fmt: skip
        plan = Plan(title, "长风社区党委", today, today + timedelta(days=365), "不少于12场", who)
        made.projects.append((await add_project(community, lead, plan, by=clerk, need=need, resource=resource)).id)
    return made


async def reviewed(made: Five, **more: object) -> Agreement:
    agreement = await drafting.draft(made.world.community, made.draft(**more), by=made.world.clerk)
    await agreement.review(by=made.world.clerk)
    return agreement


async def frozen(made: Five, **more: object) -> Agreement:
    agreement = await reviewed(made, **more)
    await freezing.freeze(agreement, by=made.world.clerk, origin=ORIGIN)
    return await Agreement.get(id=agreement.id)


async def opened(made: Five, **more: object) -> Agreement:
    """Frozen and sent: the signing is open."""
    agreement = await frozen(made, **more)
    await freezing.send(agreement, by=made.world.clerk)
    return agreement


async def place_of(agreement: Agreement, person: Person) -> Signatory:
    """This person's place, as the routes find it."""
    [mine] = [each for each in await agreement.signatories() if each.signer_id == person.id]
    return await signing.own_place(mine.id, person)


async def equip(signatory: Signatory, vouching: Person, pin: str = PIN) -> None:
    """Identity code by an officer, key and PIN by the signatory."""
    code = await keys.make_code(signatory, "known", by=vouching)
    await keys.make_key(signatory, code, pin, pin, by=signatory.signer)


async def sign_all(made: Five, agreement: Agreement, count: int = 5) -> None:
    """The first `count` sign, the third by a typed name; the deputy vouches for everybody."""
    for n, person in enumerate(made.signers[:count]):
        signatory = await place_of(agreement, person)
        await equip(signatory, made.world.deputy)
        hand = signing.Hand(typed=person.name) if n == 2 else signing.Hand(drawn=STROKES)
        await signing.sign(signatory, hand, PIN, by=person)


async def more_partners(world: World, count: int, word: str = "第") -> list[tuple[PartyOrganisation, Person]]:
    """So many further units with a branch and its secretary each."""
    made = []
    for n in range(count):
        unit = await add_unit(f"{word}{n}单位", "business", world.community, by=world.operator)
        organisation = await add_organisation(f"{word}{n}单位党支部", "branch", world.community, by=world.operator, unit=unit)
        person = await add_person(f"书记{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅'[n // 10]}", world.community, by=world.operator)
        since = clock.today() - timedelta(days=9)
        await grant(person, "secretary", by=world.operator, organisation=organisation, place=world.community, first_day=since)
        made.append((organisation, person))
    return made
