"""Keys born in a browser (custody A): the private half never comes here; the browser is sent a few bytes and signs them.

The key of WebCrypto cannot be taken out of the browser again. Whoever loses the phone makes a new one with a new identity code.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import TYPE_CHECKING

from council import clock
from council.later import Later
from council.neighbourhood.journal import writing
from council.neighbourhood.people import Actor
from council.partnership import certificates, files, keys, signing
from council.partnership.agreements import Signatory
from council.partnership.signatures import Preparation, Revision, SigningKey, head, key_of
from council.refusals import Conflict, Refusal
from council.workshop import authority, pades

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
else:
    exceptions, hashes = Later("cryptography.exceptions"), Later("cryptography.hazmat.primitives.hashes")
    serialization = Later("cryptography.hazmat.primitives.serialization")
    ec, utils = Later("cryptography.hazmat.primitives.asymmetric.ec"), Later("cryptography.hazmat.primitives.asymmetric.utils")

WAITS = timedelta(minutes=10)
HALF = 32


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("The browser sent something that cannot be read. Please try again.", field="code") from None


def challenge(signatory: Signatory, public: str) -> bytes:
    """What a browser signs to show that it holds the key it names."""
    return f"council-key:{signatory.id}:{public}".encode()


def _held(signatory: Signatory, public: str, proof: str) -> bytes:
    """The public key (SPKI DER), once it is sure that the browser holds its private half."""
    spki, raw = _bytes(public), _bytes(proof)
    try:
        key = serialization.load_der_public_key(spki)
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1" or len(raw) != 2 * HALF:
            raise exceptions.InvalidSignature
        value = utils.encode_dss_signature(int.from_bytes(raw[:HALF]), int.from_bytes(raw[HALF:]))
        key.verify(value, challenge(signatory, public), ec.ECDSA(hashes.SHA256()))
    except (exceptions.InvalidSignature, ValueError, TypeError, exceptions.UnsupportedAlgorithm):
        raise Refusal("The browser sent something that cannot be read. Please try again.", field="code") from None
    return spki


async def register(signatory: Signatory, code: str, public: str, proof: str, *, by: Actor) -> SigningKey:
    """The identity code and a key made in the browser: its certificate is issued. `public` is SPKI, `proof` r and s, both base64."""
    spki = _held(signatory, public, proof)
    key, spent = await keys.begin(signatory, code, by=by)
    key.custody = "A"
    return await keys.finish(signatory, key, spent, await certificates.issue(signatory.signer.name, signatory.name, spki))


async def prepare(signatory: Signatory, hand: signing.Hand, *, by: Actor) -> Preparation:
    """The next file with a hole for this signature; `attributes` go to the browser. Earlier preparations of this signatory end."""
    agreement = await signing.check_turn(signatory, by=by)
    drawn, key, before = signing.written(signatory, hand), await key_of(signatory), await head(agreement)
    if key is None or key.custody != "A":
        raise Refusal("You have no key in this browser. Make one first with your identity code.", status=409)
    if before is None:
        raise Conflict("This agreement has no file to sign.")
    at = clock.now().replace(microsecond=0)
    shown = await signing.face(await signing.mark(signatory, drawn, at, int(key.serial)))
    made = await pades.prepare(
        await files.read(before.file), signing.meaning(agreement, signatory, shown, at), key.certificate.encode(),
        (await certificates.register()).chain,
    )  # fmt: skip
    async with writing():
        await _forget(signatory)
        return await Preparation.create(
            signatory=signatory, before=before, key=key, data=made.pdf, digest=made.digest.hex(), start=made.start, end=made.end,
            attributes=made.attributes, kind="drawn" if drawn else "typed", at=at, ends_at=clock.now() + WAITS,
        )  # fmt: skip


async def _forget(signatory: Signatory) -> None:
    await Preparation.filter(signatory_id=signatory.id).delete()
    await Preparation.filter(ends_at__lt=clock.now()).delete()


def public_of(key: SigningKey) -> str:
    """By which name the browser keeps the private half: the public one, base64."""
    return b64encode(authority.public_half(key.certificate.encode())).decode()


def to_sign(made: Preparation) -> str:
    """The bytes for the browser, base64."""
    return b64encode(made.attributes).decode()


async def sign(signatory: Signatory, number: int, value: str, *, by: Actor) -> Revision:
    """Close the prepared file with what the browser signed. Refused when another signature came in meanwhile or ten minutes have passed."""
    await signing.check_turn(signatory, by=by)
    raw = _bytes(value)
    async with signing.locks[signatory.agreement_id]:
        waiting = await Preparation.get_or_none(id=number, signatory_id=signatory.id).select_related("before", "key")
        if waiting is None or waiting.ends_at < clock.now() or not waiting.key.good_at(clock.now()):
            raise Conflict("This took too long. Please sign again.")
        ready = pades.Prepared(waiting.data, bytes.fromhex(waiting.digest), waiting.start, waiting.end, waiting.attributes)
        field = signing.field_of(await signatory.agreement, signatory)
        made = await pades.close(ready, field, raw, waiting.key.certificate.encode(), (await certificates.register()).chain)
        revision = await signing.record(signatory, waiting.key, waiting.before, made, waiting.at, waiting.kind)
        async with writing():
            await _forget(signatory)
    assert hashlib.sha256(made).hexdigest() == revision.digest
    return revision
