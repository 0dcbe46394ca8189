"""Identity codes on sealed slips: the code goes from here straight into a paper to fold, no page ever shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from council import markup
from council.i18n import DEFAULT, speaking
from council.neighbourhood.people import Person
from council.partnership import keys
from council.partnership.agreements import Signatory
from council.partnership.bundles import Bundle, BundleItem
from council.partnership.signatures import key_of
from council.refusals import Refusal
from council.rules import numbering
from council.workshop import pdf

MOST = 40  # slips of one file


@dataclass(frozen=True)
class Slip:
    """One slip: for whom, the code as it is read, and for how many days it works."""

    organisation: str
    name: str
    code: str
    agreement: str
    days: int


@dataclass(frozen=True)
class SlipPaper:
    slips: tuple[Slip, ...]
    demo: bool = False
    watermark: str = ""


async def slip(signatory: Signatory, how: str, *, by: Person) -> bytes:
    """A code for one signatory as a paper. Refused as `keys.make_code` refuses."""
    return await _printed([signatory], how, by)


async def _printed(signatories: Sequence[Signatory], how: str, by: Person) -> bytes:
    made = []
    for each in signatories:
        code = numbering.show_code(await keys.make_code(each, how, by=by, handed="slip"))
        made.append(Slip(each.name, each.signer.name, code, each.agreement.number, keys.LASTS.days))
    with speaking(DEFAULT):
        html = markup.render("papers/slips.html", paper=SlipPaper(tuple(made)))
    return (await pdf.render(html)).pdf


async def unknown(bundle: Bundle) -> list[Signatory]:
    """Who signs in a bundle and has neither a key nor a code that waits: each person once for each organisation, at most MOST."""
    numbers = await BundleItem.filter(bundle_id=bundle.id).values_list("agreement_id", flat=True)
    rows = Signatory.filter(agreement_id__in=list(numbers), agreement__stage__in=("frozen", "signing"), stage__in=("invited", "read"))
    found: dict[tuple[int, int | None], Signatory] = {}
    for each in await rows.select_related("agreement__place", "organisation", "signer").order_by("agreement_id", "order"):
        found.setdefault((each.signer_id, each.organisation_id), each)
    return await _keyless(list(found.values()))


async def _keyless(signatories: Sequence[Signatory]) -> list[Signatory]:
    kept: list[Signatory] = []
    for each in signatories:
        if await key_of(each) is None and await keys.open_code(each) is None:
            kept.append(each)
        if len(kept) == MOST:
            break
    return kept


async def slips(bundle: Bundle, how: str, *, by: Person) -> bytes:
    """The next slips of a bundle as one paper, two pages each."""
    waiting = await unknown(bundle)
    if not waiting:
        raise Refusal("Everybody who signs has a key or a code already.", status=409)
    return await _printed(waiting, how, by)
