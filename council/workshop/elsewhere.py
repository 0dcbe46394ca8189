"""Signing with a key that is elsewhere: the file is made ready, the signer's own device signs a few bytes, the file is closed.

Runs in a worker process: pyHanko is heavy.
"""

from __future__ import annotations

import asyncio
from io import BytesIO

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

from council.i18n import Phrase
from council.workshop.pades import Prepared, Signing, SigningFault
from council.workshop.signing import RESERVED, Dated, certificate_of, face, meaning, opened, sound, store

HALF = 32  # bytes of each half of a raw P-256 signature
LONGEST = 72  # bytes of one in DER


def _signer(certificate: bytes, chain: tuple[bytes, ...], value: bytes | int) -> ExternalSigner:
    return ExternalSigner(signing_cert=certificate_of(certificate), cert_registry=store(chain), signature_value=value)


def prepared(pdf: bytes, what: Signing, certificate: bytes, chain: tuple[bytes, ...]) -> Prepared:
    """The file with a hole for one more signature, and the bytes that the key must sign."""
    try:
        return asyncio.run(_prepared(pdf, what, _signer(certificate, chain, LONGEST)))
    except (PdfError, SigningError) as broken:
        raise SigningFault(Phrase("This file cannot take another signature."), 409) from broken


async def _prepared(pdf: bytes, what: Signing, signer: ExternalSigner) -> Prepared:
    one = Dated(what.at, meaning(what, opened(pdf, what.field)), signer, stamp_style=face(what.appearance))
    out = BytesIO()
    ready, _tbs, _out = await one.async_digest_doc_for_signing(
        IncrementalPdfFileWriter(BytesIO(pdf)), existing_fields_only=True, bytes_reserved=RESERVED, output=out
    )
    attributes = await signer.signed_attrs(ready.document_digest, "sha256", use_pades=True)
    return Prepared(out.getvalue(), ready.document_digest, ready.reserved_region_start, ready.reserved_region_end, attributes.dump())


def _der(raw: bytes, signed: bytes, certificate: bytes) -> bytes:
    """A raw signature of WebCrypto (both halves) in DER, once it is known to be right."""
    public = x509.load_pem_x509_certificate(certificate).public_key()
    try:
        if len(raw) != 2 * HALF or not isinstance(public, ec.EllipticCurvePublicKey):
            raise InvalidSignature
        value = encode_dss_signature(int.from_bytes(raw[:HALF]), int.from_bytes(raw[HALF:]))
        public.verify(value, signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as wrong:
        raise SigningFault(Phrase("This signature was not made with your key. Please sign again on the device that holds it."), 422) from wrong
    return value


def closed(made: Prepared, field: str, raw: bytes, certificate: bytes, chain: tuple[bytes, ...]) -> bytes:
    """The file with the signature in its hole, checked before it is returned."""
    signer = _signer(certificate, chain, _der(raw, made.attributes, certificate))
    out = BytesIO(made.pdf)
    try:
        asyncio.run(_fill(made, signer, out))
    except (PdfError, SigningError, ValueError) as broken:
        raise SigningFault(Phrase("The signature could not be made. Please try again."), 503) from broken
    if not sound(out.getvalue(), field):
        raise SigningFault(Phrase("The signature could not be made. Please try again."), 503)
    return out.getvalue()


async def _fill(made: Prepared, signer: ExternalSigner, out: BytesIO) -> None:
    attributes = cms.CMSAttributes.load(made.attributes)
    content = await signer.async_sign_prescribed_attributes("sha256", signed_attrs=attributes)
    hole = PreparedByteRangeDigest(document_digest=made.digest, reserved_region_start=made.start, reserved_region_end=made.end)
    hole.fill_with_cms(out, content)
