"""What agreements and venues wait for: a signature, a reading, an answer, a second pair of eyes, a code, each for whoever can do it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from council import clock
from council.i18n import Phrase, day
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.journal import Entry
from council.neighbourhood.offices import Standing
from council.neighbourhood.people import Person
from council.partnership import sittings, venues
from council.partnership.agreements import Agreement, ChangeRequest, Signatory
from council.partnership.keys import DRAFTING
from council.partnership.papercopies import PaperCopy
from council.partnership.signatures import IdentityCode, keyed
from council.partnership.venues import Booking

MOST = 20
LOOKED_AT = 200  # signatories without a key among whom codes are missing

Row = dict[str, Any]


async def groups(by: Person, held: Standing) -> list[tuple[str, list[Row]]]:
    """(title, rows) for everything of agreements and venues that waits for this person, the most pressing first."""
    found = [
        (_("For you to sign"), await _to_sign(by)),
        (_("Texts to read: are they right?"), await _to_read(by)),
        (_("Wishes for another wording: answer them"), await _asked(held)),
        (_("Scans of signed papers to compare"), await _scans(by, held)),
        (_("Signatories who still need their identity code"), await _codeless(by, held)),
        (_("Requests for a venue: answer them"), [_booking(one) for one in (await venues.waiting(held))[:MOST]]),
    ]
    return [(title, rows) for title, rows in found if rows]


def _row(agreement: Agreement, href: str, *facts: str) -> Row:
    return {"href": href, "title": agreement.title, "stage": "", "tone": "now", "facts": [agreement.number, *(one for one in facts if one)]}


async def _to_sign(by: Person) -> list[Row]:
    """What is this person's turn; several lead to where they are signed one after the other."""
    count = await sittings.waiting(by)
    if count > 1:
        said = str(Phrase("%(n)s agreements wait for you", n=count))
        return [{"href": "/sitting", "title": _("Sign all that waits, one after the other"), "stage": "", "tone": "now", "facts": [said]}]
    rows = []
    for one in await sittings.next_ones(by, limit=1):
        until = str(Phrase("to be signed by %(day)s", day=day(one.agreement.sign_by))) if one.agreement.sign_by else ""
        rows.append(_row(one.agreement, f"/signatures/{one.id}", one.name, until))
    return rows


async def _to_read(by: Person) -> list[Row]:
    """Laid before this person, who has not agreed with the wording as it is now."""
    own = Signatory.filter(signer_id=by.id, agreement__stage="review").select_related("agreement", "organisation", "signer")
    rows = [one for one in await own.order_by("agreement_id").limit(LOOKED_AT) if one.agreed != one.agreement.edition]
    return [_row(one.agreement, f"/agreements/{one.agreement_id}/text", one.name) for one in rows[:MOST]]


async def _asked(held: Standing) -> list[Row]:
    """Changes that parties asked for and nobody has answered."""
    open_ = ChangeRequest.filter(listing.within(held, "agreement.answer", "agreement__path"), kind="change", answer="")
    waits = open_.filter(agreement__stage__in=("draft", "review", "frozen", "signing")).order_by("id").limit(MOST)
    return [
        _row(one.agreement, f"/agreements/{one.agreement_id}", one.signatory.name if one.signatory else "", day(one.at))
        for one in await waits.select_related("agreement", "signatory__organisation", "signatory__signer")
    ]


async def _scans(by: Person, held: Standing) -> list[Row]:
    """Scans that somebody else entered and nobody has compared."""
    reached = listing.within(held, "agreement.enter_paper", "agreement__path")
    waits = PaperCopy.filter(reached, confirmed_at=None, dropped_at=None, agreement__stage="signing").exclude(entered_by_id=by.id)
    rows = await waits.select_related("agreement", "entered_by").order_by("id").limit(MOST)
    return [_row(one.agreement, f"/agreements/{one.agreement_id}", one.entered_by.name) for one in rows if one.version == one.agreement.version]


async def _codeless(by: Person, held: Standing) -> list[Row]:
    """Agreements being signed that this officer did not write, with those who have neither a key nor a code."""
    waits = Signatory.filter(
        listing.within(held, "agreement.identify", "agreement__path"), agreement__stage="signing", stage__in=("invited", "read")
    ).exclude(signer_id=by.id)
    rows = await waits.select_related("agreement", "organisation", "signer").order_by("agreement_id", "order").limit(LOOKED_AT)
    written = await _written(by, {one.agreement_id for one in rows})
    missing: dict[int, list[Signatory]] = {}
    for one in await _without(rows):
        if one.agreement_id not in written:
            missing.setdefault(one.agreement_id, []).append(one)
    found = list(missing.items())[:MOST]
    return [_row(own[0].agreement, f"/agreements/{number}", "、".join(one.signer.name for one in own)) for number, own in found]


async def _written(by: Person, numbers: Iterable[int]) -> set[int]:
    """Those of these agreements that this person drafted or changed."""
    rows = await Entry.filter(subject="Agreement", subject_id__in=[*numbers, 0], by_id=by.id, act__in=DRAFTING)
    return {one.subject_id for one in rows}


async def _without(rows: list[Signatory]) -> list[Signatory]:
    """Those with neither a key in force nor a code that waits, each once for an organisation: one key signs all its agreements."""
    waiting = IdentityCode.filter(signatory_id__in=[one.id for one in rows] or [0], used_at=None, ends_at__gt=clock.now())
    codes, have = await waiting.select_related("signatory"), await keyed(rows)
    able = {(one.signer_id, one.organisation_id) for one in rows if one.id in have}
    able |= {(code.signatory.signer_id, code.signatory.organisation_id) for code in codes}
    found = {(one.signer_id, one.organisation_id): one for one in reversed(rows)}
    return [one for one in reversed(found.values()) if (one.signer_id, one.organisation_id) not in able]


def _booking(one: Booking) -> Row:
    return {"href": f"/bookings/{one.id}", "title": one.resource.title, "stage": "", "tone": "now", "facts": [day(one.day), one.hours]}
