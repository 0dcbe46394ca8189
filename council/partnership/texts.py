"""The text of an agreement as its signatories read it and as it is printed: one value for both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from council import clock, markup
from council.i18n import DEFAULT, Phrase, day, speaking
from council.i18n import gettext as _
from council.partnership.agreements import Agreement, AgreementProject, Signatory
from council.partnership.needs import URGENCIES
from council.partnership.projects import Project
from council.partnership.resources import KINDS, Resource
from council.rules.categories import side
from council.rules.stages import NAMES
from council.workshop import papers

# Named fields of the text: the term and the copies are said once, in their own fields.
# How it is signed, true whichever way each party takes: the file is fixed before anybody signs, and some may sign its print.
LEVEL = Phrase(
    "A framed mark: signed electronically, each with its own key (PAdES B-B). "
    "No mark: by hand on paper or not yet; the page the code opens says which."
)
FIRST_DAY, LAST_DAY, COPIES = "〔首日〕", "〔末日〕", "〔份数〕"
RESOURCE_COLUMNS = 7
DUTIES: dict[str, Phrase] = {
    "secretary": Phrase("Secretary"), "deputy_secretary": Phrase("Deputy secretary"),
    "mediator": Phrase("Mediator"), "concerned": Phrase("in person"),
}  # fmt: skip


def duty(post: str) -> str:
    """The office of a representative in the reader's language."""
    return str(DUTIES.get(post, post))


def field_name(agreement: Agreement, order: int) -> str:
    """The key of a signatory's box in the file; it names the agreement, so a file says where it belongs."""
    return f"{agreement.public_code}-{order}"


def _filled(text: str, agreement: Agreement) -> str:
    known = {
        FIRST_DAY: day(agreement.first_day), LAST_DAY: day(agreement.last_day), COPIES: papers.numeral(agreement.copies),
    }  # fmt: skip
    for name, value in known.items():
        text = text.replace(name, value)
    return text


def _clauses(agreement: Agreement) -> tuple[papers.Clause, ...]:
    return tuple(papers.Clause(each["heading"], tuple(_filled(each["body"], agreement).split("\n"))) for each in agreement.clauses)


def _side(agreement: Agreement, order: int) -> str:
    """甲方, 乙方一 …; between neighbours 调解员, 当事人一 …"""
    if not agreement.private:
        return side(order)
    return "当事人" + side(order).removeprefix("乙方") if order else "调解员"


def _signatory(agreement: Agreement, row: Signatory) -> papers.Signatory:
    return papers.Signatory(
        key=field_name(agreement, row.order), side=_side(agreement, row.order), organisation=row.name,
        secretary=row.signer.name, duty=duty(row.post), unit=row.unit_name if row.organisation_id else "", liaison=row.liaison,
    )  # fmt: skip


def _span(first: date | None, last: date | None) -> str:
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)} if first and last else ""


def _needs(projects: Sequence[Project]) -> papers.Annex:
    needs = list({p.need.id: p.need for p in projects if p.need}.values())
    columns = (_("No."), _("Need"), _("Asked by"), _("For whom"), _("Urgency"), _("When"))
    rows = ((n.title, n.asked_by, n.beneficiaries, str(URGENCIES.get(n.urgency, n.urgency)), n.period) for n in needs)
    return papers.Annex(_("List of needs"), columns, _numbered(rows))


def _resources(resources: Sequence[Resource]) -> papers.Annex:
    columns = (
        _("No."),
        _("Organisation"),
        _("Resource"),
        _("Kind"),
        _("Amount"),
        _("Available"),
        _("Conditions"),
    )
    rows = ((r.organisation.name, r.title, str(KINDS.get(r.kind, r.kind)), r.amount, r.times, r.conditions) for r in resources)
    return papers.Annex(_("List of resources"), columns, _numbered(rows))


def _projects(projects: Sequence[Project]) -> papers.Annex:
    columns = (
        _("No."), _("Project"), _("Need"), _("Resource"), _("Lead"), _("Helpers"), _("From – to"), _("Indicator"),
        _("Responsible"), _("State"),
    )  # fmt: skip
    rows = (
        (
            p.title, p.need.title if p.need else "", p.resource.title if p.resource else "", p.lead.name, p.helpers,
            _span(p.first_day, p.last_day), p.indicator, p.responsible, str(NAMES[p.stage]),
        )
        for p in projects
    )  # fmt: skip
    return papers.Annex(_("List of projects"), columns, _numbered(rows))


def _numbered(rows: Any) -> tuple[tuple[str, ...], ...]:
    return tuple((str(n), *row) for n, row in enumerate(rows, 1))


async def projects_of(agreement: Agreement) -> list[Project]:
    rows = await AgreementProject.filter(agreement_id=agreement.id).order_by("id").values_list("project_id", flat=True)
    return await Project.filter(id__in=rows).select_related("need", "resource", "lead").order_by("id")


async def resources_of(signatories: Sequence[Signatory], projects: Sequence[Project]) -> list[Resource]:
    """What the signatories offer, and what the projects use."""
    offered = await Resource.filter(organisation_id__in=[s.organisation_id for s in signatories], stage="offered")
    wanted = {r.id for r in offered} | {p.resource_id for p in projects if p.resource_id}
    return await Resource.filter(id__in=wanted).select_related("organisation").order_by("organisation_id", "id")


async def draft_paper(agreement: Agreement, origin: str) -> papers.AgreementPaper:
    """The text as it stands now, in Chinese. `origin` is our public address, for the code that checks the paper."""
    signatories, projects = await agreement.signatories(), await projects_of(agreement)
    resources, place = await resources_of(signatories, projects), await agreement.place
    with speaking(DEFAULT):
        paper = papers.AgreementPaper(
            number=agreement.number, title=agreement.title, preamble=agreement.preamble,
            signatories=tuple(_signatory(agreement, each) for each in signatories), clauses=_clauses(agreement),
            annexes=(_needs(projects), _resources(resources), _projects(projects)) if agreement.kind == "partnership" else (), drawn_up=clock.today(),
            check_address=f"{origin}/verify/{agreement.public_code}", digest="",
            level=str(LEVEL), demo=place.demo,
        )  # fmt: skip
    return replace(paper, digest=digest(paper))


def digest(paper: papers.AgreementPaper) -> str:
    """SHA-256 over the text, lists and signatories as sorted JSON: what the signature page prints."""
    return sha256(json.dumps(as_json(replace(paper, digest="")), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def as_json(paper: papers.AgreementPaper) -> dict[str, Any]:
    return {**asdict(paper), "drawn_up": paper.drawn_up.isoformat()}


def from_json(kept: dict[str, Any]) -> papers.AgreementPaper:
    """The frozen text again, whatever has become of the lists and names since."""
    return papers.AgreementPaper(**{
        **kept,
        "drawn_up": date.fromisoformat(kept["drawn_up"]),
        "signatories": tuple(papers.Signatory(**each) for each in kept["signatories"]),
        "clauses": tuple(papers.Clause(each["heading"], tuple(each["paragraphs"])) for each in kept["clauses"]),
        "annexes": tuple(
            papers.Annex(each["name"], tuple(each["columns"]), tuple(map(tuple, each["rows"])))
            for each in kept["annexes"]
        ),
    })  # fmt: skip


async def paper_of(agreement: Agreement, origin: str) -> papers.AgreementPaper:
    """The frozen text, or the draft as it stands."""
    return from_json(agreement.frozen) if agreement.frozen else await draft_paper(agreement, origin)


@dataclass(frozen=True)
class Reading:
    """The text ready to read on a page: articles and annexes with their numbers, in Chinese whatever the reader speaks."""

    paper: papers.AgreementPaper
    articles: tuple[tuple[str, papers.Clause], ...]
    annexes: tuple[tuple[str, papers.Annex, int], ...]


def reading(paper: papers.AgreementPaper) -> Reading:
    with speaking(DEFAULT):
        articles = tuple((str(label), clause) for label, clause in paper.articles())
        annexes = tuple((str(label), annex, _lead(annex)) for label, annex in paper.lists())
    return Reading(paper, articles, annexes)


def _lead(annex: papers.Annex) -> int:
    """Which column names a row: the resources name their organisation first."""
    return 2 if len(annex.columns) == RESOURCE_COLUMNS else 1


def printable(paper: papers.AgreementPaper, watermark: str = "") -> str:
    """The page the press prints, in Chinese."""
    with speaking(DEFAULT):
        return markup.render("papers/agreement.html", paper=replace(paper, watermark=watermark))
