"""Drawing up an agreement: who signs it, what it says, which projects are annexed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.numbering import next_number
from council.neighbourhood.offices import Office, must
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import seal
from council.partnership import editions, texts
from council.partnership.agreements import Agreement, AgreementProject, Signatory
from council.partnership.projects import Project
from council.partnership.signers import signers
from council.partnership.skeletons import Skeleton, fill
from council.refusals import Refusal
from council.rules import categories, numbering

HOLDS_GROUND = (
    "committee",
    "general_branch",
    "branch",
)  # the community's own Party organisation, whichever it has


@dataclass(frozen=True)
class Draft:
    """What the drafter decides. `contents` are category codes, `partners` and `projects` ids; days in the district's zone."""

    title: str
    category: str
    first_day: date
    last_day: date
    partners: Sequence[int]
    contents: Sequence[str] = ()
    projects: Sequence[int] = ()
    copies: int = 0
    sign_by: date | None = None
    skeleton: Skeleton | None = None


async def committee_of(community: Place) -> PartyOrganisation:
    """甲方: the Party organisation of the community itself."""
    found = await PartyOrganisation.filter(place_id=community.id, unit_id=None, kind__in=HOLDS_GROUND, last_day=None).select_related("unit")
    if not found:
        raise Refusal("This community has no Party organisation yet. Enter it first.", field="partners")
    return min(found, key=lambda each: (HOLDS_GROUND.index(each.kind), each.id))


async def possible_partners(community: Place) -> list[PartyOrganisation]:
    """Every Party organisation at the community or inside it but the committee itself."""
    own = await committee_of(community)
    found = PartyOrganisation.filter(place__path__startswith=community.path, last_day=None).exclude(id=own.id)
    return await found.select_related("unit").order_by("id")


async def first_name(agreement: Agreement) -> str:
    """Who signs before everybody else: the community's Party committee, or the mediator."""
    return (await agreement.signatories())[0].name


def check_days(first: date, last: date) -> None:
    if last < first:
        raise Refusal("The last day lies before the first day.", field="last_day")


def printable(*values: str) -> None:
    """Refuse characters that no typeface of the papers has, each named, while they can still be written otherwise."""
    from council.workshop.fonts import missing

    if lost := missing("".join(values)):
        raise Refusal(
            "No typeface here can print these characters: %(characters)s. Write them otherwise, or ask the operator for a larger typeface.",
            characters="、".join(lost),
        )


def _clauses(given: Draft, community: Place, street: Place, committee: str) -> list[dict[str, str]]:
    contents = categories.contents(given.contents or [given.category])
    if given.skeleton:
        known = {"街道": street.name, "社区": community.name, "甲方": committee, "共建内容": contents, "月份": str(given.last_day.month)}
        return [{part: fill(text, known) for part, text in each.items()} for each in given.skeleton.clauses]
    blanks = {
        "first_day": texts.FIRST_DAY, "last_day": texts.LAST_DAY, "copies": texts.COPIES, "street": street.name,
        "contents": contents, "month": str(given.last_day.month),
    }  # fmt: skip
    return [{"heading": each.heading, "body": each.body} for each in categories.skeleton(blanks)]


async def _members(community: Place, partners: Sequence[int]) -> list[PartyOrganisation]:
    """甲方 and the partners, in the order in which they were chosen."""
    known = {each.id: each for each in await possible_partners(community)}
    chosen = [known[number] for number in dict.fromkeys(partners) if number in known]
    categories.check_number(1 + len(chosen))
    return [await committee_of(community), *chosen]


async def _annexed(agreement: Agreement, numbers: Sequence[int]) -> None:
    allowed = {row.organisation_id for row in await Signatory.filter(agreement_id=agreement.id)}
    for project in await Project.filter(id__in=list(numbers)).order_by("id"):
        if project.lead_id not in allowed:
            raise Refusal(
                "The lead of the project “%(title)s” is not among the signatories.",
                title=project.title,
                field="projects",
            )
        await AgreementProject.create(agreement=agreement, project=project)


def parties(agreement: Agreement, members: Sequence[PartyOrganisation], able: dict[int, list[Office]]) -> list[Signatory]:
    """A place for each organisation, signed for by its secretary (`able`: see `signers`); not yet saved."""
    made = []
    for order, organisation in enumerate(members):
        if not able[organisation.id]:
            raise Refusal(
                "%(name)s has no secretary in office who could sign. Enter the office first.",
                name=organisation.name,
                field="partners",
            )
        office, unit = able[organisation.id][0], organisation.unit
        printable(organisation.name, unit.name if unit else "", office.person.name)
        made.append(
            Signatory(
                agreement=agreement, order=order, organisation=organisation, unit_name=unit.name if unit else "", signer=office.person,
                post=office.code,
            )
        )  # fmt: skip
    return made


async def composed(community: Place, given: Draft, members: Sequence[PartyOrganisation], *, by: Person) -> Agreement:
    """The agreement from the skeleton, within `writing()`. Its number is unique within the community and the year."""
    year = clock.today().year
    return await Agreement.create(
        place=community, path=community.path, drafted_by=by, made_at=clock.now(), title=given.title,
        number=numbering.agreement_number(year, await next_number(f"agreement:{community.id}:{year}")),
        public_code=numbering.query_code(), category=given.category, first_day=given.first_day,
        last_day=given.last_day, copies=given.copies or len(members) + 1, sign_by=given.sign_by,
        preamble=given.skeleton.preamble if given.skeleton else categories.preamble(),
        clauses=_clauses(given, community, await community.at_level("STREET"), members[0].name),
    )  # fmt: skip


async def draft(community: Place, given: Draft, *, by: Person) -> Agreement:
    """A new agreement from the skeleton. Its number is unique within the community and the year."""
    check_days(given.first_day, given.last_day)
    printable(given.title)
    async with writing():
        await must(by, "agreement.draft", at=community)
        members = await _members(community, given.partners)
        agreement = await composed(community, given, members, by=by)
        for each in parties(agreement, members, await signers([each.id for each in members])):
            await each.save()
        await _annexed(agreement, given.projects)
        await editions.keep(agreement, by)
        await note("agreement.drafted", agreement, by, signatories=len(members), version=1)
    return agreement


@dataclass(frozen=True)
class Wording:
    """The text as edited: clauses are (heading, body), empty ones fall away."""

    title: str
    preamble: str
    first_day: date
    last_day: date
    copies: int
    clauses: Sequence[tuple[str, str]]
    sign_by: date | None = None


async def _keep_end(agreement: Agreement, given: Wording) -> None:
    """A supplement is over with the agreement it belongs to."""
    if agreement.kind == "supplement" and given.last_day != agreement.last_day:
        raise Refusal("A supplement ends with its agreement: its last day stays %(day)s.", day=agreement.last_day, field="last_day")


async def revise(agreement: Agreement, given: Wording, *, by: Person) -> None:
    """Another wording. A text that lay open for review goes back to the draft, so that nobody reviews a text that moves."""
    clauses = [{"heading": head.strip(), "body": body.replace("\r", "").strip()} for head, body in given.clauses if body.strip()]
    check_days(given.first_day, given.last_day)
    if not clauses:
        raise Refusal("An agreement has at least one article.", field="clauses")
    await _keep_end(agreement, given)
    printable(given.title, given.preamble, *(text for each in clauses for text in each.values()))
    async with writing():
        await must(by, "agreement.revise", agreement)
        agreement.title, agreement.preamble, agreement.clauses = given.title, given.preamble, clauses
        agreement.first_day, agreement.last_day, agreement.copies = (
            given.first_day,
            given.last_day,
            given.copies,
        )
        agreement.sign_by = given.sign_by
        if agreement.stage == "review":
            await agreement.move("draft")
        await agreement.save()
        await editions.keep(agreement, by)
        await note("agreement.revised", agreement, by, texts={"clauses": str(clauses)}, version=agreement.version)


async def represent(signatory: Signatory, office: Office, liaison: str, phone: str, *, by: Person) -> None:
    """Who signs for an organisation, and whom one rings; the liaison person does not sign."""
    printable(office.person.name, liaison)
    async with writing():
        agreement = await signatory.agreement
        await must(by, "agreement.revise", agreement)
        if office.organisation_id != signatory.organisation_id or not office.in_force():
            raise Refusal("Only somebody in office there can sign for this organisation.", field="office")
        signatory.signer_id, signatory.post = office.person_id, office.code
        signatory.liaison, signatory.phone_sealed = liaison, seal(phone, "phone")
        await signatory.save(update_fields=["signer_id", "post", "liaison", "phone_sealed"])
        if agreement.stage == "review":
            await agreement.move("draft")
        await note("agreement.revised", agreement, by, signatory=signatory.id, version=agreement.version)
