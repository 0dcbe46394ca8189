"""The audit page of an agreement: who checked whose identity and how, every act, every file of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from council.i18n import Phrase
from council.neighbourhood.journal import Entry
from council.neighbourhood.people import Person
from council.partnership.agreements import Agreement, Signatory
from council.partnership.keys import WAYS
from council.partnership.signatures import Revision, SigningKey
from council.workshop import authority

WORDS: dict[str, Phrase] = {
    "agreement.drafted": Phrase("The agreement was drafted"),
    "agreement.revised": Phrase("The text was changed"),
    "agreement.laid_open": Phrase("The text was laid before the signatories"),
    "agreement.change_asked": Phrase("A signatory asked for a change"),
    "agreement.change_answered": Phrase("The request was answered"),
    "agreement.commented": Phrase("An article was commented"),
    "agreement.agreed": Phrase("A signatory agreed with the wording"),
    "agreement.frozen": Phrase("The text was fixed and its file made"),
    "agreement.reopened": Phrase("The text was opened again: a new version, earlier signatures are void"),
    "agreement.sent": Phrase("The signing was opened"),
    "agreement.link_made": Phrase("A personal link was made"),
    "agreement.identified": Phrase("An identity was checked and a code made"),
    "agreement.read": Phrase("A signatory read the text"),
    "agreement.signed": Phrase("A signatory signed"),
    "agreement.moved_to_phone": Phrase("The signatory went on on a phone"),
    "agreement.delegated": Phrase("The signing was handed over"),
    "agreement.reminded": Phrase("A signatory was reminded"),
    "agreement.lapsed": Phrase("The day for signing passed; the signing was closed"),
    "agreement.ended": Phrase("The last day is over"),
    "agreement.declined": Phrase("A signatory declined"),
    "agreement.seal_shown": Phrase("A picture of the unit's seal was put beside the mark"),
    "agreement.seal_dropped": Phrase("The picture of the seal was taken away"),
    "agreement.hand_shown": Phrase("A picture of the handwriting was put in"),
    "agreement.hand_dropped": Phrase("The picture of the handwriting was taken away"),
    "agreement.paper_entered": Phrase("A scan of the signed paper was entered"),
    "agreement.paper_confirmed": Phrase("A second officer confirmed the scan"),
    "agreement.paper_dropped": Phrase("The scan was set aside"),
    "agreement.in_effect": Phrase("All have signed"),
    "agreement.cancelled": Phrase("The agreement was given up"),
    "agreement.notice_given": Phrase("A party gave notice that it leaves"),
    "agreement.notice_taken_back": Phrase("The notice was taken back"),
    "agreement.left": Phrase("A party has left"),
    "agreement.terminated": Phrase("The agreement was terminated"),
    "agreement.renewed": Phrase("The last day is over; the next agreement goes on"),
    "agreement.renewal_opened": Phrase("All parties were asked whether they go on"),
    "agreement.renewal_answered": Phrase("A party said whether it goes on"),
    "agreement.appraised": Phrase("A party gave its yearly evaluation"),
}


@dataclass(frozen=True)
class Line:
    """One act: when, what, by whom, for which organisation."""

    at: datetime
    word: Phrase
    name: str
    about: str


@dataclass(frozen=True)
class Known:
    """How a signatory is known: who checked the identity, how and when; the certificate it signs with."""

    signatory: Signatory
    checked_by: str
    how: Phrase | None
    checked_at: datetime | None
    certificate: str
    fingerprint: str
    revoked_on: datetime | None
    custody: str = "B"
    key_id: int = 0


async def entries(agreement: Agreement) -> list[Line]:
    """Every act on this agreement, the oldest first."""
    rows = await Entry.filter(subject="Agreement", subject_id=agreement.id).order_by("id").limit(500)
    names = {p.id: p.name for p in await Person.filter(id__in={row.by_id for row in rows if row.by_id})}
    places = {each.id: each.name for each in await agreement.signatories()}
    return [
        Line(row.at, WORDS.get(row.act, Phrase(row.act)), names.get(row.by_id or 0, ""), places.get(row.numbers.get("signatory", 0), ""))
        for row in rows
    ]


async def signatories(agreement: Agreement) -> list[Known]:
    found = []
    for each in await agreement.signatories():
        rows = await SigningKey.filter(person_id=each.signer_id, organisation_id=each.organisation_id).order_by("-id")
        key = next((row for row in rows if row.serial == each.serial), rows[0] if rows else None)
        found.append(await _known(each, key))
    return found


async def _known(each: Signatory, key: SigningKey | None) -> Known:
    if key is None:
        return Known(each, "", None, None, "", "", None)
    officer = await Person.get_or_none(id=key.identified_by_id)
    return Known(
        each, officer.name if officer else "", WAYS.get(key.identified_how), key.identified_at,
        authority.short_number(int(key.serial)), authority.fingerprint(key.certificate.encode()), key.revoked_on, key.custody, key.id,
    )  # fmt: skip


async def chain(agreement: Agreement) -> list[Revision]:
    """Every file of every version, in order; each begins with the bytes of the one before it."""
    return await Revision.filter(agreement_id=agreement.id).select_related("signatory__organisation", "signatory__signer").order_by("version", "n")
