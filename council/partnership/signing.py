"""Signing: the personal link, reading, the signature itself, declining."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.exceptions import IntegrityError

from council import clock, markup
from council.i18n import DEFAULT, speaking
from council.i18n import gettext as _
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.partnership import certificates, files, sealpictures, texts
from council.partnership.agreements import Agreement, Signatory
from council.partnership.drafting import first_name
from council.partnership.keys import open_key, vouching
from council.partnership.signatures import Revision, SigningKey, head, key_of
from council.partnership.signers import still_signs
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.rules import stages
from council.rules.calendar import in_force_from
from council.workshop import authority, pades, papers, pdf
from council.workshop.pictures import Ink, ink

# Each signature needs the bytes of the one before: one at a time for each agreement.
locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
LINK_LASTS, PHONE_LASTS = timedelta(days=30), timedelta(minutes=15)


@dataclass(frozen=True)
class Hand:
    """How a name was written: strokes as JSON, or typed. One of them is there."""

    drawn: str = ""
    typed: str = ""


def link_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def make_link(signatory: Signatory, *, by: Person) -> str:
    """A personal address of 32 random bytes; an earlier one ends. It opens the text; alone it never signs."""
    async with writing():
        agreement = await signatory.agreement
        await must(by, "agreement.link", agreement)
        if by.id in await vouching(signatory):
            raise Forbidden("You checked this person's identity. Ask a colleague to make the link, so that nobody holds both alone.")
        token = await _linked(signatory, agreement.sign_by)
        await note("agreement.link_made", agreement, by, signatory=signatory.id)
    return token


async def _linked(signatory: Signatory, last_day: date | None, lasts: timedelta = LINK_LASTS) -> str:
    """A fresh address; it ends with the day for signing at the latest."""
    token, ends = secrets.token_urlsafe(32), clock.now() + lasts
    if last_day is not None:
        ends = min(ends, datetime.combine(last_day + timedelta(days=1), time.min, clock.ZONE))
    signatory.link_digest, signatory.link_ends_at = link_digest(token), ends
    await signatory.save(update_fields=["link_digest", "link_ends_at"])
    return token


async def move_to_phone(signatory: Signatory, *, by: Actor) -> str:
    """A link the signatory makes to go on on another device: good for fifteen minutes, it takes the place of the one before."""
    async with writing():
        agreement = await signatory.agreement
        await must(by, "agreement.sign", agreement)
        if not signatory.is_for(by):
            raise Forbidden("This is not yours to do.")
        token = await _linked(signatory, agreement.sign_by, PHONE_LASTS)
        await note("agreement.moved_to_phone", agreement, await signatory.signer, signatory=signatory.id)
    return token


async def by_link(token: str) -> Signatory:
    """Whose link this is; `NotFound` for a wrong or ended one."""
    found = await Signatory.filter(link_digest=link_digest(token)).select_related("agreement__place", "organisation", "signer", "instead_of").first()
    if not token or found is None or found.agreement.stage in ("draft", "review", "cancelled"):
        raise NotFound
    if found.link_ends_at is not None and found.link_ends_at < clock.now():
        raise NotFound
    return found


async def own_place(number: int, by: Actor) -> Signatory:
    """The signatory with this id, for whoever it is; to others it does not exist."""
    found = await Signatory.get_or_none(id=number).select_related("agreement__place", "organisation", "signer", "instead_of")
    if found is None or not found.is_for(by) or found.agreement.stage in ("draft", "review", "cancelled"):
        raise NotFound
    return found


async def have_read(signatory: Signatory, *, by: Actor) -> None:
    """The signatory has read to the end and goes on."""
    if signatory.stage != "invited":
        return
    async with writing():
        agreement = await Agreement.get(id=signatory.agreement_id)
        await must(by, "agreement.sign", agreement)
        signatory.stage, signatory.read_at = "read", clock.now()
        await signatory.save(update_fields=["stage", "read_at"])
        await note("agreement.read", agreement, await signatory.signer, signatory=signatory.id)


async def check_turn(signatory: Signatory, *, by: Actor) -> Agreement:
    """Everything that must hold before somebody signs, or a refusal that says what does not."""
    agreement = await Agreement.get(id=signatory.agreement_id).select_related("place")
    await must(by, "agreement.sign", agreement)
    if not signatory.is_for(by):
        raise Forbidden("This is not yours to do.")
    stages.check("Signatory", (await Signatory.get(id=signatory.id)).stage, "signed")
    if agreement.sign_by and clock.today() > agreement.sign_by:
        raise Conflict("The day for signing has passed.")
    if signatory.order and not await Signatory.exists(agreement_id=agreement.id, order=0, stage="signed"):
        raise Conflict("%(name)s signs first. You will be told when it is your turn.", name=await first_name(agreement))
    if not await still_signs(signatory):
        raise Forbidden("You no longer hold the office that signs for this organisation.")
    return agreement


def written(signatory: Signatory, hand: Hand) -> Ink | None:
    """The drawn name as a path, or None when the name was typed as it stands in the text."""
    if hand.drawn:
        return ink(hand.drawn)
    if "".join(hand.typed.split()) != "".join(signatory.signer.name.split()):
        raise Refusal(
            "Draw your name, or type it exactly as it stands in the text: %(name)s.",
            name=signatory.signer.name,
            field="typed",
        )
    return None


async def mark(signatory: Signatory, drawn: Ink | None, at: datetime, serial: int) -> papers.Mark:
    """What the frame on the signature page says."""
    return papers.Mark(
        signatory.name, signatory.signer.name, at, authority.short_number(serial), drawn,
        demo=signatory.agreement.place.demo, instead_of=signatory.instead_of.name if signatory.instead_of else "",
        picture=await sealpictures.of(signatory), hand="" if drawn else await sealpictures.of(signatory, "hand"),
    )  # fmt: skip


async def face(shown: papers.Mark) -> bytes:
    with speaking(DEFAULT):
        html = markup.render("papers/mark.html", mark=shown)
    return (await pdf.render(html)).pdf


def field_of(agreement: Agreement, signatory: Signatory) -> str:
    """The name of this signatory's field in the file."""
    return f"sig-{texts.field_name(agreement, signatory.order)}"


def meaning(agreement: Agreement, signatory: Signatory, shown: bytes, at: datetime) -> pades.Signing:
    with speaking(DEFAULT):
        own = _("I have read this agreement and sign it.")
        reason = _("I have read this agreement and sign it for my organisation.") if signatory.organisation_id else own
    return pades.Signing(field_of(agreement, signatory), shown, reason, agreement.number, at)


async def sign(signatory: Signatory, hand: Hand, pin: str, *, by: Actor) -> Revision:
    """One more signature, made with the signatory's own key, which only the PIN opens.

    Refused: 403 wrong PIN (counted, five lock the key) or office ended, 409 not this one's turn or stage.
    """
    await check_turn(signatory, by=by)
    drawn, key = written(signatory, hand), await key_of(signatory)
    if key is None:
        raise Refusal("You have no key yet. Make it first with your identity code.", status=409)
    if key.custody != "B":
        raise Refusal("Your key is not kept here. Sign on the device that holds it, or with your certificate file.", status=409)
    private = await open_key(key, pin)
    async with locks[signatory.agreement_id]:
        agreement = await check_turn(signatory, by=by)
        before, at = await head(agreement), clock.now().replace(microsecond=0)
        if before is None:
            raise Conflict("This agreement has no file to sign.")
        shown = await face(await mark(signatory, drawn, at, int(key.serial)))
        made = await pades.sign(
            await files.read(before.file), meaning(agreement, signatory, shown, at), private, key.certificate.encode(),
            (await certificates.register()).chain,
        )  # fmt: skip
        return await record(signatory, key, before, made, at, "drawn" if drawn else "typed")


async def record(signatory: Signatory, key: SigningKey, before: Revision, made: bytes, at: datetime, kind: str) -> Revision:
    """The signed file takes its place behind the one it was made from, unless another came in between."""
    name, digest = await files.keep(made), hashlib.sha256(made).hexdigest()
    try:
        async with writing():
            # Takes the row, so that the calendar cannot close the signing meanwhile.
            open_still = await Agreement.filter(id=signatory.agreement_id, stage="signing").update(stage="signing")
            agreement = await Agreement.get(id=signatory.agreement_id)
            now = await head(agreement)
            if not open_still or now is None or now.id != before.id:
                raise Conflict("Another signature came in at the same moment. Please sign again.")
            revision = await Revision.create(
                agreement=agreement, version=agreement.version, n=before.n + 1, digest=digest, previous=before.digest, file=name,
                size=len(made), signatory=signatory, at=at,
            )  # fmt: skip
            signatory.stage, signatory.signed_at, signatory.serial = "signed", at, key.serial
            await signatory.save(update_fields=["stage", "signed_at", "serial"])
            await note(
                "agreement.signed", agreement, await signatory.signer, signatory=signatory.id, sha256=digest, n=revision.n, kind=kind,
                custody=key.custody,
            )  # fmt: skip
            if signatory.order == 0:
                await Signatory.filter(agreement_id=agreement.id, order__gt=0, asked_at=None).update(asked_at=at)
            await complete(agreement, await signatory.signer)
    except IntegrityError:
        raise Conflict("Another signature came in at the same moment. Please sign again.") from None
    return revision


async def complete(agreement: Agreement, last: Person) -> None:
    """After the last signature it takes effect on the later of that day and its first day."""
    days = [clock.local(row.signed_at).date() if row.signed_at else None for row in await agreement.signatories()]
    if (since := in_force_from(agreement.first_day, days)) is None:
        return
    agreement.effective_on = since
    await agreement.move("effective", "effective_on")
    await note("agreement.in_effect", agreement, last, since=since.isoformat(), signatories=len(days))


async def decline(signatory: Signatory, reason: str, *, by: Actor) -> None:
    """A signatory does not sign and says why; the signing stops and everybody is told."""
    if not reason.strip():
        raise Refusal("Write down the reason. Every signatory reads it.", field="reason")
    async with writing():
        agreement = await Agreement.get(id=signatory.agreement_id)
        await must(by, "agreement.decline", agreement)
        if not signatory.is_for(by):
            raise Forbidden("This is not yours to do.")
        stages.check("Signatory", (await Signatory.get(id=signatory.id)).stage, "declined")
        signatory.stage, signatory.reason = "declined", reason
        await signatory.save(update_fields=["stage", "reason"])
        await agreement.move("declined")
        await note("agreement.declined", agreement, await signatory.signer, texts={"reason": reason}, signatory=signatory.id)
