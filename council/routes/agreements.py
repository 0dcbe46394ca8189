"""Agreements: the list, one agreement, its text, its file and its audit page."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, day, moment
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor, Person
from council.partnership import (
    appraisals,
    audit,
    files,
    finding,
    freezing,
    leaving,
    papercopies,
    publiccopies,
    renewals,
    sittings,
    supplements,
    texts,
)
from council.partnership.agreements import PUBLIC, Agreement, Signatory
from council.partnership.signatures import Revision, head, keyed
from council.refusals import NotFound
from council.routes import pages, sessions
from council.routes.standing import SIZE, asked, choice, more, number
from council.rules.categories import CATEGORIES
from council.rules.privacy import mask_name, redact
from council.rules.stages import NAMES
from council.secretariat import publishing
from council.settings import settings

TONES = {
    "draft": "wait", "review": "now", "frozen": "now", "signing": "now", "effective": "done", "declined": "stop", "lapsed": "stop",
    "cancelled": "stop", "terminated": "stop", "renewed": "done", "ended": "wait",
}  # fmt: skip
STATES = {
    "invited": (Phrase("waits for the signature"), "wait"), "read": (Phrase("has looked at it"), "now"),
    "signed": (Phrase("has signed"), "done"), "left": (Phrase("has left"), "stop"), "declined": (Phrase("declined"), "stop"),
}  # fmt: skip
ACTS = tuple("leave enter_paper revise review freeze unfreeze send link identify cancel terminate answer ask_change sign".split())


def origin(request: Request) -> str:
    """Our public address as papers and links carry it."""
    return settings().origin or str(request.base_url).rstrip("/")


async def find(request: Request) -> Agreement:
    """The agreement the address names, if this person may see it."""
    wanted = request.path_params["id"]
    return await finding.seen(wanted if wanted < 2**31 else 0, sessions.who(request))


def stage_of(agreement: Agreement) -> tuple[str, str]:
    """The word of the stage and its tone; an agreement signed by all may begin later or be over."""
    if agreement.stage == "effective" and not agreement.in_force():
        ahead = finding.ahead(agreement)
        return (_("signed, not yet in effect"), "now") if ahead else (_("ended"), "wait")
    return str(NAMES[agreement.stage]), TONES[agreement.stage]


def row_of(each: Signatory) -> dict[str, Any]:
    """A signatory with its state, its time and the reason it gave. Of a name written on paper the day is known, not the hour."""
    word, tone = STATES[each.stage]
    when = each.signed_at or each.read_at
    on_paper = each.signed_at is not None and not each.serial
    return {
        "id": each.id, "organisation": each.name, "person": each.signer.name, "word": str(word), "tone": tone,
        "when": (day(when) if on_paper else moment(when)) if when else "", "reason": each.reason, "stage": each.stage,
        "agreed": each.agreed, "renews": each.renews,
        "instead_of": each.instead_of.name if each.instead_of else "",
    }  # fmt: skip


def masked(row: dict[str, Any], rows: list[Signatory]) -> dict[str, Any]:
    """The same for everybody: which organisations have signed, not the names of people."""
    names = [each.signer.name for each in rows]
    own = {"person": mask_name(row["person"]), "instead_of": mask_name(row["instead_of"]), "reason": redact(row["reason"], names)}
    return {**row, **own, "organisation": mask_name(row["organisation"]) if row["organisation"] in names else row["organisation"]}


def facts_of(agreement: Agreement, names: list[str]) -> dict[str, Any]:
    word, tone = stage_of(agreement)
    shown = "、".join(names[:3]) + (_(" and %(n)s more") % {"n": len(names) - 3} if len(names) > 3 else "")
    return {
        "href": f"/agreements/{agreement.id}", "title": agreement.title, "stage": word, "tone": tone,
        "facts": [agreement.number, str(CATEGORIES.get(agreement.category, ""))], "note": shown,
    }  # fmt: skip


async def index(request: Request) -> Response:
    wanted = asked(request, "q", "stage", "category", "after")
    who, held = sessions.who(request), sessions.held(request)
    rows = await finding.agreements(
        who, held, q=wanted["q"], stage=wanted["stage"], category=wanted["category"], before=number(wanted["after"]), limit=SIZE + 1
    )
    names = await finding.organisations_of(rows)
    filters = [
        choice("stage", _("State"), wanted["stage"], [(k, NAMES[k]) for k in TONES], _("All states")),
        choice("category", _("Category"), wanted["category"], list(CATEGORIES.items()), _("All categories")),
    ]
    kept = {name: wanted[name] for name in ("q", "stage", "category")}
    return pages.show(
        request, "agreements/list.html", _("Agreements"), here="agreements", q=wanted["q"], filters=filters, searched=any(kept.values()),
        rows=[facts_of(each, names[each.id]) for each in rows[:SIZE]], more=more(request, rows, **kept),
        may_draft=bool(await listing.places_within(held, "agreement.draft", "COMMUNITY")), signed_in=isinstance(who, Person),
        waiting=await sittings.waiting(who) if isinstance(who, Person) else 0,
    )  # fmt: skip


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    agreement, who = await find(request), sessions.who(request)
    rows, newest = await agreement.signatories(), await head(agreement)
    mine = await finding.own_signatory(agreement, who)
    word, tone = stage_of(agreement)
    insider = await may(who, "agreement.see", agreement)
    return pages.show(
        request, "agreements/page.html", agreement.title, here="agreements", errors=errors, kept=kept or {}, agreement=agreement,
        tried=request.url.path.removeprefix(f"/agreements/{agreement.id}/"), articles=_articles(agreement),
        word=word, tone=tone, rows=[row_of(each) if insider else masked(row_of(each), rows) for each in rows],
        signed=sum(each.stage == "signed" for each in rows),
        able={act: await may(who, f"agreement.{act}", agreement) for act in ACTS}, mine=mine, insider=insider, held=agreement.stage in PUBLIC,
        size=size_of(newest), asked=await finding.requests(agreement) if insider else [], category=CATEGORIES.get(agreement.category, ""),
        person=isinstance(who, Person), copy=await papercopies.of(agreement) if insider else None, who=who,
        keyed=await keyed(rows) if insider and agreement.stage == "signing" else set(),
        notices=await leaving.running(agreement) if insider else {}, life=await _life(agreement, who),
        waiting=await sittings.waiting(who) if isinstance(who, Person) else 0,
        reason=agreement.reason if insider else redact(agreement.reason, [each.signer.name for each in rows]),
        posting=await publishing.posting_of(agreement) if agreement.public else None, may_post=await may(who, "posting.make", agreement),
    )  # fmt: skip


def _articles(agreement: Agreement) -> list[tuple[str, str]]:
    """What a request for a change can be about."""
    named = [(str(n), f"{_('Article %(n)s') % {'n': n}} {each['heading']}") for n, each in enumerate(agreement.clauses, 1)]
    return [("0", _("The text as a whole")), *named]


async def _life(agreement: Agreement, who: Actor | None) -> dict[str, Any]:
    """What belongs to it: the agreement before and after, supplements, whether it may be renewed or added to."""
    drafts, window = await may(who, "agreement.draft", agreement), renewals.window_open(agreement)
    after, before = await renewals.successor(agreement), await renewals.before(agreement)
    return {
        "window": window, "successor": after if after and (after.public or drafts) else None, "previous": before,
        "may_renew": drafts and window and not after,
        "may_supplement": drafts and agreement.kind == "partnership" and agreement.in_force(), "years": appraisals.years(agreement),
        "supplements": [
            {"href": f"/agreements/{s.id}", "title": s.title, "stage": stage_of(s)[0], "tone": stage_of(s)[1], "facts": [s.number]}
            for s in await supplements.of(agreement) if s.public or await may(who, "agreement.see", s)
        ],
    }  # fmt: skip


def size_of(revision: Revision | None) -> str:
    """How large the file is, in KB."""
    return f"{max(1, revision.size // 1000)} KB" if revision else ""


async def text(request: Request, errors: Any = None, kept: Any = None) -> Response:
    agreement, who = await find(request), sessions.who(request)
    insider = await may(who, "agreement.see", agreement)
    paper = await texts.paper_of(agreement, origin(request))
    paper = paper if insider else publiccopies.public(paper)
    word, tone = stage_of(agreement)
    mine, rows = await finding.own_signatory(agreement, who), await agreement.signatories()
    return pages.show(
        request, "agreements/text.html", agreement.title, here="agreements", agreement=agreement, reading=texts.reading(paper),
        word=word, tone=tone, size=size_of(await head(agreement)), errors=errors, kept=kept or {}, insider=insider, held=agreement.stage in PUBLIC,
        comments=await finding.requests(agreement, "comment") if insider else [], mine=mine, rows=rows,
        agreed=sum(each.agreed == agreement.edition for each in rows),
        able={act: await may(who, f"agreement.{act}", agreement) for act in ("comment", "agree", "ask_change")},
    )  # fmt: skip


def as_pdf(data: bytes, agreement: Agreement, name: str = "agreement") -> Response:
    """A file to keep. Numbers hold signs that a header does not: its name is plain."""
    headers = {"content-disposition": f'attachment; filename="{name}-{agreement.made_at:%Y}-{agreement.id}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


async def file(request: Request) -> Response:
    """The newest signed file for the parties and the archive, while it is a draft a copy with a word across every page. Others get the public copy.

    What holds names is published without them (Personal Information Protection Law art. 25).
    """
    agreement = await find(request)
    if not await may(sessions.who(request), "agreement.see", agreement):
        return pages.redirect(f"/agreements/{agreement.id}/public.pdf")
    if newest := await head(agreement):
        return as_pdf(await files.read(newest.file), agreement)
    return await draft(request)


async def draft(request: Request) -> Response:
    """For the parties and the staff until it is in effect: what they hand round says on every page that it does not hold yet."""
    agreement = await finding.inside(request.path_params["id"], sessions.who(request))
    if agreement.stage in PUBLIC:
        raise NotFound
    return as_pdf(await freezing.reading_copy(agreement, origin(request)), agreement, "draft")


async def trail(request: Request) -> Response:
    """For the signatories and the staff, also when everybody may see the agreement itself."""
    agreement = await finding.inside(request.path_params["id"], sessions.who(request))
    return pages.show(
        request, "agreements/audit.html", _("Who did what, and when"), here="agreements", agreement=agreement,
        people=await audit.signatories(agreement), may_revoke=await may(sessions.who(request), "key.revoke", at=agreement.place),
        entries=await audit.entries(agreement), files=await audit.chain(agreement),
    )  # fmt: skip


routes = [
    Route("/agreements", index),
    Route("/agreements/{id:int}", page),
    Route("/agreements/{id:int}/text", text),
    Route("/agreements/{id:int}/agreement.pdf", file),
    Route("/agreements/{id:int}/draft.pdf", draft),
    Route("/agreements/{id:int}/audit", trail),
]
