"""A unit's own certificate file (custody C): recorded once with an identity check, then given for each signature; never kept."""

from __future__ import annotations

import asyncio

from council import clock
from council.neighbourhood.people import Actor
from council.partnership import files, keys, signing
from council.partnership.agreements import Signatory
from council.partnership.signatures import Revision, SigningKey, head, key_of
from council.refusals import Conflict, Refusal
from council.workshop import authority, pades

LARGEST = 50_000  # bytes of a certificate file


async def _open(data: bytes, password: str) -> authority.Opened:
    if len(data) > LARGEST:
        raise Refusal("This file is too large for a certificate.", field="certificate")
    try:
        return await asyncio.to_thread(authority.open_file, data, password, clock.now())
    except authority.CertificateFault as wrong:
        raise Refusal(wrong.phrase.message, field="certificate", **wrong.phrase.values) from None


async def register(signatory: Signatory, code: str, data: bytes, password: str, *, by: Actor) -> SigningKey:
    """The identity code and the file: its certificate is recorded for this signatory, the key in it is not."""
    opened = await _open(data, password)
    serial = str(authority.serial(opened.certificate))
    if await SigningKey.exists(serial=serial):
        raise Refusal("This certificate is recorded already.", field="certificate")
    key, spent = await keys.begin(signatory, code, by=by)
    key.custody = "C"
    return await keys.finish(signatory, key, spent, opened.certificate)


async def sign(signatory: Signatory, hand: signing.Hand, data: bytes, password: str, *, by: Actor) -> Revision:
    """One more signature with the key in the file, which must be the one recorded. Nothing of it is kept."""
    await signing.check_turn(signatory, by=by)
    drawn, key, opened = signing.written(signatory, hand), await key_of(signatory), await _open(data, password)
    if key is None or key.custody != "C" or key.certificate.encode().strip() != opened.certificate.strip():
        raise Refusal("This is not the certificate that was recorded for you.", field="certificate", status=403)
    async with signing.locks[signatory.agreement_id]:
        agreement = await signing.check_turn(signatory, by=by)
        before, at = await head(agreement), clock.now().replace(microsecond=0)
        if before is None:
            raise Conflict("This agreement has no file to sign.")
        shown = await signing.face(await signing.mark(signatory, drawn, at, int(key.serial)))
        what = signing.meaning(agreement, signatory, shown, at)
        made = await pades.sign(await files.read(before.file), what, opened.key, opened.certificate, opened.chain)
        return await signing.record(signatory, key, before, made, at, "drawn" if drawn else "typed")
