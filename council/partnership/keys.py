"""Who signs is known: a code made by an officer who did not draft, then an own PIN and an own key.

Custody B: the key is made here and stored wrapped by the PIN and the server's secret together. Without the PIN
neither the database nor the settings nor the files sign anything.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from datetime import datetime, time, timedelta
from hmac import compare_digest

from tortoise.expressions import Q

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import Entry, note, writing
from council.neighbourhood.offices import Office, must
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.sealed import lookup, sealer
from council.partnership import certificates, signers
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import TRIES, IdentityCode, SigningKey
from council.refusals import Conflict, Forbidden, Refusal
from council.rules import numbering
from council.workshop import authority
from council.workshop.sealing import WrongPin, check_pin

LASTS = timedelta(days=3)
WAYS_IN = timedelta(days=30)  # for so long whoever made a link to sign in does not vouch for the same person
DRAFTING = ("agreement.drafted", "agreement.revised", "agreement.frozen")  # acts that write the text
WAYS: dict[str, Phrase] = {
    "known": Phrase("The officer knows this person"),
    "document": Phrase("An identity document was looked at (nothing of it is copied)"),
    "letter": Phrase("The unit introduced this person by letter"),
}


def ways(signatory: Signatory) -> list[tuple[str, Phrase]]:
    """How an officer may know this signatory: a person who signs alone is introduced by no unit."""
    return [(code, word) for code, word in WAYS.items() if signatory.organisation_id or code != "letter"]


def _digest(signatory: Signatory, code: str) -> str:
    return lookup(f"{signatory.id}:{code}", "identity")


async def drafters(agreement: Agreement) -> set[int]:
    """Everybody who wrote or changed the text."""
    rows = await Entry.filter(subject="Agreement", subject_id=agreement.id, act__in=DRAFTING)
    return {agreement.drafted_by_id, *(row.by_id for row in rows if row.by_id)}


async def linking(signatory: Signatory) -> set[int]:
    """Everybody who made a way in for this signer: a link to the agreement, or a link to sign in."""
    rows = await Entry.filter(
        Q(act="agreement.link_made", subject="Agreement", subject_id=signatory.agreement_id)
        | Q(act="link.made", subject="Person", subject_id=signatory.signer_id, at__gt=clock.now() - WAYS_IN)
    )
    return {row.by_id for row in rows if row.by_id and row.numbers.get("signatory", signatory.id) == signatory.id}


async def vouching(signatory: Signatory) -> set[int]:
    """Everybody whose identity code still waits for this signatory, or opened its key."""
    live = Q(ends_at__gt=clock.now()) | Q(used_at__isnull=False)
    rows = await IdentityCode.filter(live, signatory_id=signatory.id)
    return {row.made_by_id for row in rows}


async def barred(signatory: Signatory, by: Person) -> Forbidden | None:
    """Why this officer may not vouch for this signatory; None for whoever may."""
    if by.id in await drafters(await signatory.agreement):
        return Forbidden("Whoever drafted the agreement may not check who signs it. Ask a colleague to make the code.")
    if by.id in await linking(signatory):
        return Forbidden("You made this person's link. Ask a colleague to make the code, so that nobody holds both alone.")
    if by.id == signatory.signer_id:
        return Forbidden("Nobody vouches for oneself. Ask a colleague to make the code.")
    return None


async def colleagues(signatory: Signatory) -> list[str]:
    """The names of the staff who may vouch for this signatory, the nearest first."""
    staff = await signers.staff((await signatory.agreement).path)
    return [person.name for person in staff if await barred(signatory, person) is None]


async def make_code(signatory: Signatory, how: str, *, by: Person, handed: str = "shown") -> str:
    """A code to hand over face to face, shown once, or on a sealed slip (`handed` slip); it replaces an earlier one. `how` is a key of WAYS.

    Refused to whoever drafted: one person alone could else write an agreement and sign it for another.
    """
    if how not in WAYS:
        raise Refusal("Choose one of the answers shown.", field="how")
    async with writing():
        agreement = await signatory.agreement
        await must(by, "agreement.identify", agreement)
        if why := await barred(signatory, by):
            raise why
        await IdentityCode.filter(signatory_id=signatory.id, used_at=None).update(ends_at=clock.now())
        code = numbering.personal_code()
        await IdentityCode.create(
            signatory=signatory, digest=_digest(signatory, code), how=how, made_by_id=by.id, made_at=clock.now(),
            ends_at=clock.now() + LASTS,
        )  # fmt: skip
        await note("agreement.identified", agreement, by, signatory=signatory.id, how=how, handed=handed)
    return code


async def open_code(signatory: Signatory) -> IdentityCode | None:
    """The code that waits for this signatory, if any."""
    return await IdentityCode.filter(signatory_id=signatory.id, used_at=None, ends_at__gt=clock.now(), tries__lt=TRIES).order_by("-id").first()


async def _spend(signatory: Signatory, typed: str) -> IdentityCode:
    """The code, counted before it is compared, so that guesses side by side are all counted."""
    code = numbering.read_code(typed, numbering.PERSONAL_LENGTH)
    async with writing():
        waiting = await open_code(signatory)
        if waiting is None:
            raise Refusal("No identity code waits for you. Ask the community office for one.", status=409, field="code")
        waiting.tries += 1
        await waiting.save(update_fields=["tries"])
    if not compare_digest(waiting.digest, _digest(signatory, code)):
        raise Refusal(
            "This is not the code. %(left)s tries are left.",
            left=TRIES - waiting.tries,
            status=403,
            field="code",
        )
    return waiting


async def make_key(signatory: Signatory, code: str, pin: str, again: str, *, by: Actor) -> SigningKey:
    """The signatory proves who they are by the code and chooses a PIN; the key is made and its certificate issued."""
    check_pin(pin)
    if pin != again:
        raise Refusal("The two PINs are not the same.", field="again")
    key, proof = await begin(signatory, code, by=by)
    private, wrapped = await asyncio.to_thread(_made, pin, key.owner)
    certificate = await certificates.issue(signatory.signer.name, signatory.name, authority.public_of(private))
    key.wrapped = {"key": wrapped}
    return await finish(signatory, key, proof, certificate)


async def begin(signatory: Signatory, code: str, *, by: Actor) -> tuple[SigningKey, IdentityCode]:
    """A key not yet saved, for the signatory who has the identity code; the code is spent only by `finish`."""
    if not signatory.is_for(by):
        raise Forbidden("This is not yours to do.")
    proof = await _spend(signatory, code)
    await signatory.fetch_related("signer", "organisation")
    key = SigningKey(
        person_id=signatory.signer_id, organisation_id=signatory.organisation_id, made_at=clock.now(),
        identified_by_id=proof.made_by_id, identified_how=proof.how, identified_at=proof.made_at,
    )  # fmt: skip
    return key, proof


async def finish(signatory: Signatory, key: SigningKey, proof: IdentityCode, certificate: bytes) -> SigningKey:
    """Save the key with its certificate; the code is used, an earlier key ends, everybody hears of it."""
    key.certificate, key.serial = certificate.decode(), str(authority.serial(certificate))
    async with writing():
        if not await IdentityCode.filter(id=proof.id, used_at=None).update(used_at=clock.now()):
            raise Conflict("This code was used already.")
        await _retire(signatory)
        await key.save()
        await note(
            "key.made",
            key,
            signatory.signer,
            signatory=signatory.id,
            identified_by=proof.made_by_id,
            how=proof.how,
            custody=key.custody,
        )
    return key


def _made(pin: str, owner: str) -> tuple[bytes, str]:
    private = authority.new_key()
    return private, b64encode(sealer().wrap(private, pin, owner)).decode()


async def _retire(signatory: Signatory) -> None:
    """A new key ends the one before: lost PIN, lost phone. What it signed stays good."""
    for old in await SigningKey.filter(person_id=signatory.signer_id, organisation_id=signatory.organisation_id, revoked_on=None):
        await _revoke(old, clock.now(), "replaced", signatory.signer)


async def open_key(key: SigningKey, pin: str) -> bytes:
    """The private key for one signature. A wrong PIN is counted before it is tried; five lock the key."""
    async with writing():
        if not await SigningKey.filter(id=key.id, tries__lt=TRIES).update(tries=key.tries + 1):
            raise Forbidden(
                "This key is locked after %(n)s wrong PINs. Ask the community office for a new identity code.",
                n=TRIES,
            )
    try:
        private = await asyncio.to_thread(sealer().unwrap, b64decode(key.wrapped["key"]), pin, key.owner)
    except WrongPin:
        await _refused(key)
        raise Refusal(
            "The PIN is not right. %(left)s tries are left.",
            left=TRIES - key.tries - 1,
            status=403,
            field="pin",
        ) from None
    async with writing():
        await SigningKey.filter(id=key.id).update(tries=0)
    return private


async def _refused(key: SigningKey) -> None:
    async with writing():
        await note("key.refused", key, None, tries=key.tries + 1)


async def revoke(key: SigningKey, why: str, *, by: Person | None, since: datetime | None = None) -> None:
    """From `since` (else now) the key signs nothing; earlier signatures stay good."""
    async with writing():
        await _revoke(key, since or clock.now(), why, by)


async def with_number(serial: str) -> list[SigningKey]:
    """Live keys with this certificate number, whole or as the eight signs people compare."""
    rows = await SigningKey.filter(revoked_on=None)
    wanted = serial.strip().upper()
    return [row for row in rows if wanted in (row.serial, authority.short_number(int(row.serial)))]


async def _revoke(key: SigningKey, since: datetime, why: str, by: Person | None) -> None:
    key.revoked_on, key.revoked_why = since, why[:200]
    await key.save(update_fields=["revoked_on", "revoked_why"])
    await note("key.revoked", key, by, since=since.isoformat())


async def leave_office(entry: Entry) -> None:
    """Heard after an office has ended: the keys of that person for that organisation end with its last day."""
    if entry.act != "office.ended":
        return
    office = await Office.get(id=entry.subject_id)
    if office.organisation_id is None or office.last_day is None:
        return
    midnight = datetime.combine(office.last_day + timedelta(days=1), time.min, clock.ZONE)
    for key in await SigningKey.filter(person_id=office.person_id, organisation_id=office.organisation_id, revoked_on=None):
        await revoke(key, "office ended", by=None, since=midnight)
