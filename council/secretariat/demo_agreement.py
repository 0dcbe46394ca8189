"""The agreement of the demonstration that is in effect: three parties, each with a key of its own, a file that verifies, a copy on the notice board.

It is printed and signed after the first start, by a job: whoever starts the demonstration does not wait for it. The PINs are drawn and thrown
away, so nobody signs anything else with these keys.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from council.neighbourhood.journal import writing
from council.secretariat import jobs

if TYPE_CHECKING:
    from council.neighbourhood.organisations import PartyOrganisation
    from council.neighbourhood.people import Person
    from council.neighbourhood.places import Place
    from council.partnership.agreements import Agreement, Signatory

TITLE = "长风社区“平安护学、操场共享”共建协议"
CONTACT = "长风社区党群服务中心 0000-8000000"
# unit, kind, branch, who signs for it
PARTNERS = (
    ("长风小学", "resident_unit", "长风小学党支部", "顾晴"),
    ("长风路派出所", "resident_unit", "长风路派出所党支部", "秦岳"),
)
# Strokes as a finger draws them: a list of lines, each a list of points.
STROKES = (
    "[[[14,30],[20,28],[25,27],[30,26],[36,24]],[[20,46],[28,38],[35,31],[38,28],[39,28],[38,31],[36,37],[35,44],[36,51],[41,57],"
    "[49,61],[57,62],[65,60],[70,55],[73,50],[73,43],[71,38],[69,34],[69,33],[72,34],[78,37],[85,42],[94,47]],[[96,56],[102,56],"
    "[108,53],[114,48],[121,43],[127,37],[133,34],[139,32],[145,33],[151,34],[157,36],[164,37],[170,37],[176,36],[182,34]]]",
    "[[[12,20],[22,19],[32,19],[42,18]],[[40,16],[41,19],[42,22],[42,24],[41,27],[40,30],[36,32],[33,35],[28,38],[24,41],[19,44],"
    "[15,46],[13,49],[11,52],[10,54],[11,57],[12,60]],[[44,30],[54,32],[60,38],[62,45],[62,51],[62,55],[65,56],[72,54],[82,49],"
    "[91,42],[97,37],[98,34],[98,33],[98,36],[102,41],[110,46],[120,51],[129,53],[134,53],[134,50],[133,46],[134,41],[139,38],"
    "[148,36],[158,37],[166,39],[170,43]],[[150,56],[157,55],[165,54],[172,50],[179,46],[187,41],[194,34]]]",
)


async def later(origin: str) -> None:
    """Have it signed once the server runs; `origin` is the address its code leads to."""
    async with writing():
        await jobs.later("demo.agreement", {"origin": origin}, dedupe="demo.agreement")


@jobs.does("demo.agreement")
async def sign(payload: dict[str, Any]) -> None:
    """From the lists to the notice board. Called again after a break it goes on where it stopped."""
    from council.partnership.agreements import Agreement
    from council.secretariat import publishing

    agreement = await Agreement.filter(title=TITLE, place__demo=True).first() or await _drafted()
    await _opened(agreement, payload["origin"])
    for each in await agreement.signatories():
        if each.stage != "signed":
            await _signed(each)
    agreement = await Agreement.get(id=agreement.id)
    if not await publishing.posting_of(agreement):
        await publishing.post(agreement, payload["origin"], CONTACT, by=await _person("周敏"))


async def _person(name: str) -> Person:
    from council.neighbourhood.people import Person

    return (await Person.filter(name=name, demo=True).order_by("id").limit(1))[0]


async def _partners(community: Place) -> list[PartyOrganisation]:
    from council.neighbourhood.registry import add_organisation, add_person, add_unit, grant

    by, made = await _person("何平"), []
    for unit, kind, branch, secretary in PARTNERS:
        organisation = await add_organisation(branch, "branch", community, by=by, unit=await add_unit(unit, kind, community, by=by))
        person = await add_person(secretary, community, by=by)
        await grant(person, "secretary", by=by, organisation=organisation, place=community)
        made.append(organisation)
    return made


async def _drafted() -> Agreement:
    """Partners, lists, text: all or nothing. The deputy signs for the committee, so that its secretary has no key yet when a visitor tries that."""
    from council import clock
    from council.neighbourhood.places import Place
    from council.partnership import drafting
    from council.partnership.signers import able

    [community], clerk = await Place.filter(level="COMMUNITY", demo=True).order_by("id").limit(1), await _person("蒋文")
    first = clock.today()
    last = (first.replace(day=1) + timedelta(days=731)).replace(day=1) - timedelta(days=1)
    async with writing():
        partners = await _partners(community)
        given = drafting.Draft(
            TITLE, "SHARED_VENUES", first, last, tuple(each.id for each in partners), contents=("SHARED_VENUES", "JOINT_EMERGENCY"),
            projects=await _projects(community, partners, clerk),
        )  # fmt: skip
        agreement = await drafting.draft(community, given, by=clerk)
        committee = (await agreement.signatories())[0]
        deputy = next(office for office in await able(committee) if office.code == "deputy_secretary")
        await drafting.represent(committee, deputy, "蒋文", "0000-8000000", by=clerk)
        await agreement.review(by=clerk)
    return agreement


async def _projects(community: Place, partners: list[PartyOrganisation], clerk: Person) -> tuple[int, ...]:
    from council import clock
    from council.partnership.needs import Wish, add_need
    from council.partnership.projects import Plan, add_project
    from council.partnership.resources import Offer, add_resource

    school, police = partners
    first, last = clock.today(), clock.today() + timedelta(days=300)
    sport = await add_need(community, Wish("周末打球跑步的地方", "第二网格", "青少年和中年居民", "usual", "周六、周日"), by=clerk)
    road = await add_need(community, Wish("放学时路口有人看护", "第一网格", "小学生三百余人", "urgent", "上学日 16:20—17:00"), by=clerk)
    yard = Offer("学校操场", "venue", "篮球场两片", "周末 8:00—18:00", "门口登记后入校")
    ground = await add_resource(community, school, yard, by=clerk)
    guards = await add_resource(community, police, Offer("护学岗民警", "people", "民警一名、辅警两名", "上学日 16:20—17:00"), by=clerk)
    play = Plan("周末操场开放", "长风社区党委", first, last, "每月开放不少于八天", "顾晴")
    watch = Plan("平安护学路", "长风社区党委", first, last, "每个上学日一班岗", "秦岳")
    made = [
        await add_project(community, school, play, by=clerk, need=sport, resource=ground),
        await add_project(community, police, watch, by=clerk, need=road, resource=guards),
    ]
    return tuple(each.id for each in made)


async def _opened(agreement: Agreement, origin: str) -> None:
    """The text fixed, the signing open."""
    from council.partnership import freezing
    from council.partnership.agreements import Agreement

    clerk = await _person("蒋文")
    if agreement.stage == "review":
        await freezing.freeze(agreement, by=clerk, origin=origin)
        agreement = await Agreement.get(id=agreement.id)
    if agreement.stage == "frozen":
        await freezing.send(agreement, by=clerk)


async def _signed(place: Signatory) -> None:
    """The secretary of the community checks who it is; the signatory makes its key and signs."""
    from council.partnership import keys, signing

    mine = await signing.own_place(place.id, place.signer)
    code, pin = await keys.make_code(mine, "known", by=await _person("周敏")), secrets.token_urlsafe(12)
    await keys.make_key(mine, code, pin, pin, by=place.signer)
    await signing.have_read(mine, by=place.signer)
    hand = signing.Hand(drawn=STROKES[place.order - 1]) if place.order else signing.Hand(typed=place.signer.name)
    await signing.sign(mine, hand, pin, by=place.signer)
