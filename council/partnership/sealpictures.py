"""A picture of the unit's own seal beside a signature: a picture and nothing more, and so it is labelled on the paper."""

from __future__ import annotations

from base64 import b64encode

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.partnership.agreements import Agreement, Signatory
from council.refusals import Forbidden, Refusal
from council.rules import stages
from council.workshop import pictures

LARGEST = 2_000_000  # bytes of the picture as it is sent


class SealPicture(Model):
    """A picture that stands beside one signatory's mark, re-encoded: of the unit's seal, or (`role` hand) of the signatory's handwriting.

    Put there by the signatory alone, before signing.
    """

    id = fields.IntField(primary_key=True)
    signatory: fields.ForeignKeyRelation[Signatory] = belongs("Signatory")
    signatory_id: int
    data = fields.BinaryField()
    kind = fields.CharField(24)
    role = fields.CharField(8, default="seal")
    at = fields.DatetimeField()

    class Meta:
        table = "seal_picture"


async def _must(signatory: Signatory, by: Actor) -> Agreement:
    agreement = await Agreement.get(id=signatory.agreement_id)
    await must(by, "agreement.sign", agreement)
    if not signatory.is_for(by):
        raise Forbidden("This is not yours to do.")
    stages.check("Signatory", (await Signatory.get(id=signatory.id)).stage, "signed")
    return agreement


async def keep(signatory: Signatory, data: bytes, *, by: Actor, role: str = "seal") -> None:
    """Show this picture with the signature; it takes the place of an earlier one of the same role (seal, hand)."""
    if len(data) > LARGEST:
        raise Refusal("This picture is too large. It may have %(mb)s MB.", mb=LARGEST // 1_000_000, field="picture", status=413)
    await _must(signatory, by)
    try:
        clean = await pictures.cleaned(data)
    except pictures.PictureFault as wrong:
        raise Refusal(wrong.phrase.message, field="picture", **wrong.phrase.values) from None
    async with writing():
        agreement = await _must(signatory, by)
        await SealPicture.filter(signatory_id=signatory.id, role=role).delete()
        await SealPicture.create(signatory=signatory, data=clean.data, kind=clean.media_type, role=role, at=clock.now())
        await note(f"agreement.{role}_shown", agreement, await signatory.signer, signatory=signatory.id)


async def drop(signatory: Signatory, *, by: Actor, role: str = "seal") -> None:
    async with writing():
        agreement = await _must(signatory, by)
        if await SealPicture.filter(signatory_id=signatory.id, role=role).delete():
            await note(f"agreement.{role}_dropped", agreement, await signatory.signer, signatory=signatory.id)


async def of(signatory: Signatory, role: str = "seal") -> str:
    """The picture as an address inside the page (data:), "" when there is none."""
    found = await SealPicture.filter(signatory_id=signatory.id, role=role).order_by("-id").first()
    return f"data:{found.kind};base64,{b64encode(found.data).decode()}" if found else ""
