"""The copy for everybody: the same text with the names of people masked and no hand, for the notice board and for whoever is no party."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from council.i18n import DEFAULT, day, speaking
from council.i18n import gettext as _
from council.partnership import texts
from council.partnership.agreements import Agreement
from council.refusals import NotFound
from council.rules.privacy import mask_name, redact
from council.workshop import pdf
from council.workshop.papers import AgreementPaper, Annex

KEPT = 20  # copies of a few hundred KB each
_kept: OrderedDict[bytes, bytes] = OrderedDict()


def _responsible(annex: Annex) -> list[str]:
    """The names in a column of people responsible, if the annex has one."""
    with speaking(DEFAULT):
        word = _("Responsible")
    return [row[annex.columns.index(word)] for row in annex.rows] if word in annex.columns else []


def names_in(paper: AgreementPaper) -> list[str]:
    """Everybody named in a paper: who signs, who is rung, who answers for a project."""
    people = [name for each in paper.signatories for name in (each.secretary, each.liaison)]
    return [name for name in (*people, *(name for annex in paper.annexes for name in _responsible(annex))) if name]


def public(paper: AgreementPaper, signed: Sequence[str] = ()) -> AgreementPaper:
    """The paper with every name masked, telephone and card numbers hidden, without liaison persons. `signed`: what stands in each place."""
    names, places = names_in(paper), {each.key: word for each, word in zip(paper.signatories, signed, strict=False)}

    def told(text: str) -> str:
        return redact(text, names)

    with speaking(DEFAULT):
        level = _("Public copy: names of people are masked and no signature is shown. The signed file is kept by the parties and the archive.")
    return replace(
        paper, title=told(paper.title), preamble=told(paper.preamble), level=level,
        signatories=tuple(
            replace(each, secretary=mask_name(each.secretary), liaison="", signed=places.get(each.key, "")) for each in paper.signatories
        ),
        clauses=tuple(replace(each, heading=told(each.heading), paragraphs=tuple(map(told, each.paragraphs))) for each in paper.clauses),
        annexes=tuple(replace(each, rows=tuple(tuple(map(told, row)) for row in each.rows)) for each in paper.annexes),
    )  # fmt: skip


async def file(agreement: Agreement, origin: str) -> bytes:
    """The public copy as a PDF. `NotFound` before it has taken effect, and for ever between neighbours."""
    if not agreement.public:
        raise NotFound
    with speaking(DEFAULT):
        signed = [_("Signed on %(day)s") % {"day": day(each.signed_at)} if each.signed_at else "" for each in await agreement.signatories()]
    paper = public(await texts.paper_of(agreement, origin), signed)
    return await _printed(texts.printable(paper, "公开件"))


async def _printed(html: str) -> bytes:
    """Everybody asks for the same few: each is printed once and kept for a while."""
    key = sha256(html.encode()).digest()
    if key not in _kept:
        _kept[key] = (await pdf.render(html)).pdf
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return _kept[key]


async def wording(agreement: Agreement, origin: str) -> str:
    """The public copy in words, for the notice board."""
    if not agreement.public:
        raise NotFound
    reading = texts.reading(public(await texts.paper_of(agreement, origin)))
    sides = "\n".join(f"{each.side}：{each.organisation}" for each in reading.paper.signatories)
    articles = "\n\n".join("\n".join((f"{label}　{clause.heading}", *clause.paragraphs)) for label, clause in reading.articles)
    return f"{reading.paper.number}\n\n{sides}\n\n{reading.paper.preamble}\n\n{articles}"
