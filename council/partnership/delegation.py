"""Handing the signing over: another secretary or deputy in office of the same organisation signs instead."""

from __future__ import annotations

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Office, must
from council.neighbourhood.people import Actor
from council.partnership.agreements import Agreement, Signatory
from council.partnership.drafting import printable
from council.partnership.signatures import IdentityCode
from council.partnership.signers import able
from council.refusals import Forbidden, Refusal
from council.rules import stages


async def deputies(signatory: Signatory) -> list[Office]:
    """Who could sign instead: everybody else in an office that signs for this organisation today."""
    return [each for each in await able(signatory) if each.person_id != signatory.signer_id]


async def delegate(signatory: Signatory, office: int, reason: str, *, by: Actor) -> None:
    """The signing passes to the holder of `office`. The mark will name both; the new signer needs an own identity check and key.

    Links and codes of the one before end at once.
    """
    if not reason.strip():
        raise Refusal("Write down the reason. Every signatory reads it.", field="reason")
    async with writing():
        agreement = await Agreement.get(id=signatory.agreement_id)
        await must(by, "agreement.delegate", agreement)
        if not signatory.is_for(by):
            raise Forbidden("This is not yours to do.")
        # Asked as the first step of signing: whoever has signed or declined hands nothing over.
        stages.check("Signatory", (await Signatory.get(id=signatory.id)).stage, "signed")
        chosen = next((each for each in await deputies(signatory) if each.id == office), None)
        if chosen is None:
            raise Refusal("Only another secretary or deputy in office there can sign instead.", field="office")
        printable(chosen.person.name)
        before = signatory.signer_id
        await IdentityCode.filter(signatory_id=signatory.id, used_at=None).update(ends_at=clock.now())
        await Signatory.filter(id=signatory.id).update(
            signer_id=chosen.person_id, post=chosen.code, instead_of_id=signatory.instead_of_id or before, stage="invited", read_at=None,
            link_digest="", link_ends_at=None, asked_at=clock.now() if signatory.asked_at else None, reminded=0,
        )  # fmt: skip
        await note(
            "agreement.delegated", agreement, await signatory.signer, texts={"reason": reason}, signatory=signatory.id,
            before=before, after=chosen.person_id,
        )  # fmt: skip
