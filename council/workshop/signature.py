"""One signature inside a PDF file, looked at closely. Used in a worker process: pyHanko is heavy."""

from __future__ import annotations

import asyncio
import zlib
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from asn1crypto import cms, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    DiffPolicy,
    DiffResult,
    ModificationLevel,
    SuspiciousModification,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from council.workshop.pades import Found, Question

# What a hostile or damaged file can make the parsers raise.
BROKEN = (
    PdfError,
    PathError,
    ValidationError,
    SignatureValidationError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    zlib.error,
)
SKEW = timedelta(minutes=5)


def _load(certificate: asn1.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())


def _text(certificate: x509.Certificate | None, kind: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(kind) if certificate else []
    return str(found[0].value) if found else ""


class _Step(DiffPolicy):
    """Compares a revision with the next one only.

    The first signature is compared with every later revision; with this for the others, thirty
    signatories take a second to check instead of five, and no change passes between two signatures.
    """

    def apply(self, *args: Any, **kwargs: Any) -> DiffResult:
        return DEFAULT_DIFF_POLICY.apply(*args, **kwargs)

    def review_file(
        self, reader: Any, base_revision: Any, *args: Any, **kwargs: Any
    ) -> DiffResult | SuspiciousModification:
        base = base_revision if isinstance(base_revision, int) else base_revision.revision
        if base + 1 >= reader.xrefs.total_revisions:
            return DiffResult(ModificationLevel.NONE, set())
        old, new = reader.get_historical_resolver(base), reader.get_historical_resolver(base + 1)
        try:
            return self.apply(old, new, *args, **kwargs)
        except SuspiciousModification as found:
            return found


class Signature:
    """What one filled field holds. Every question is answered once and never raises."""

    def __init__(
        self, field: str, label: str, embedded: EmbeddedPdfSignature | None, question: Question
    ) -> None:
        self.field, self.label = field, label
        self._embedded, self._question = embedded, question
        self.policy: DiffPolicy = _Step()
        self.expected = next((e for e in question.expected or () if e.field == field), None)

    @cached_property
    def signer(self) -> x509.Certificate | None:
        """The signer's certificate; None when the signature is damaged beyond reading."""
        try:
            return _load(self._embedded.signer_cert) if self._embedded else None
        except BROKEN:
            return None

    @property
    def revision(self) -> int:
        return int(self._embedded.signed_revision) if self._embedded else -1

    @property
    def name(self) -> str:
        """Whom to name in a sentence: the unit that should sign here, else the one that did."""
        if self.expected:
            return self.expected.organisation
        return self.label or _text(self.signer, NameOID.ORGANIZATION_NAME) or self.field

    @cached_property
    def at(self) -> datetime:
        """When it was signed: as the journal recorded, else as the file says, else now."""
        if self.expected and self.expected.signed_at:
            return self.expected.signed_at
        try:
            said: datetime | None = self._embedded.self_reported_timestamp if self._embedded else None
        except BROKEN:
            said = None
        return said or self._question.at

    def _within(self) -> datetime:
        """A moment at which the certificate is in its years, to ask whether it leads to our root at all."""
        assert self.signer is not None
        return min(max(self.at, self.signer.not_valid_before_utc), self.signer.not_valid_after_utc)

    def _context(self) -> ValidationContext:
        return ValidationContext(
            trust_roots=[asn1.Certificate.load(pem.unarmor(root)[2]) for root in self._question.roots],
            moment=self._within(),
            allow_fetching=False,
            revocation_mode="soft-fail",
        )

    @cached_property
    def _status(self) -> Any:
        """pyHanko's finding, with change analysis; None when the signature cannot be judged."""
        if self.signer is None or self._embedded is None:
            return None
        try:
            return validate_pdf_signature(self._embedded, self._context(), diff_policy=self.policy)
        except BROKEN:
            return None

    @cached_property
    def ours(self) -> bool:
        """Whether its certificate leads to one of our roots, even if what it signed was changed."""
        if self.signer is None or self._embedded is None:
            return False
        try:
            certificate, others = self._embedded.signer_cert, self._embedded.other_embedded_certs
            path = CertificateValidator(certificate, others, validation_context=self._context())
            asyncio.run(path.async_validate_usage({"non_repudiation"}))  # type: ignore[no-untyped-call]
        except BROKEN:
            return False
        return True

    @property
    def covers_file(self) -> bool:
        return bool(self._status and self._status.coverage == SignatureCoverageLevel.ENTIRE_FILE)

    @property
    def intact(self) -> bool:
        """Whether what was signed is unchanged, and what came later only filled fields."""
        found = self._status
        if not (found and found.intact and found.valid and found.docmdp_ok and self._padded()):
            return False
        level = found.modification_level
        allowed = level is not None and level <= ModificationLevel.FORM_FILLING
        return bool(allowed and found.coverage >= SignatureCoverageLevel.ENTIRE_REVISION)

    def _padded(self) -> bool:
        """Whether only zeros follow the signature in its slot: the one place whose bytes nothing covers."""
        assert self._embedded is not None
        slot = bytes(self._embedded.pkcs7_content)
        return not any(slot[len(cms.ContentInfo.load(slot).dump()) :])

    @property
    def in_force(self) -> bool:
        """Whether the certificate was in its years and not revoked when it signed."""
        if self.signer is None or self.at > self._question.at + SKEW:
            return False
        if self.expected and self.expected.revoked_on and self.expected.revoked_on <= self.at:
            return False
        begun = self.signer.not_valid_before_utc <= self.at <= self.signer.not_valid_after_utc
        return begun and not any(map(self._revoked, self._question.crls))

    def _revoked(self, text: bytes) -> bool:
        """Whether a list signed by the issuer of this certificate revokes it from before the signature."""
        assert self.signer is not None
        listed = x509.load_pem_x509_crl(text)
        entry = listed.get_revoked_certificate_by_serial_number(self.signer.serial_number)
        return entry is not None and self._issued(listed) and entry.revocation_date_utc <= self.at

    def _issued(self, listed: x509.CertificateRevocationList) -> bool:
        assert self._embedded is not None
        above = [c for c in map(_load, self._embedded.other_embedded_certs) if c.subject == listed.issuer]
        public = [c.public_key() for c in above]
        return any(isinstance(k, ec.EllipticCurvePublicKey) and listed.is_signature_valid(k) for k in public)

    def found(self) -> Found:
        """The answer in plain values."""
        signer = self.signer
        return Found(
            field=self.field,
            serial=signer.serial_number if signer else 0,
            secretary=_text(signer, NameOID.COMMON_NAME),
            organisation=_text(signer, NameOID.ORGANIZATION_NAME),
            signed_at=self.at if signer else None,
            fingerprint=signer.fingerprint(hashes.SHA256()).hex(":").upper() if signer else "",
            intact=self.intact,
            ours=self.ours,
        )


def _label(field: Any) -> str:
    return str(field.get_object().get("/TU", ""))


def _embedded(reader: PdfFileReader, name: str, field: Any) -> EmbeddedPdfSignature | None:
    try:
        return EmbeddedPdfSignature(reader, field.get_object(), name)
    except BROKEN:
        return None


def signatures(reader: PdfFileReader, question: Question) -> list[Signature]:
    """Every filled field, in the order of signing."""
    filled = enumerate_sig_fields(reader, filled_status=True)
    found = [Signature(str(n), _label(f), _embedded(reader, n, f), question) for n, _, f in filled]
    found.sort(key=lambda each: each.revision)
    for first in found[:1]:
        first.policy = DEFAULT_DIFF_POLICY
    return found


def empty(reader: PdfFileReader) -> dict[str, str]:
    """Fields nobody has filled: the name and whose it is."""
    return {
        name: _label(field) or name for name, _, field in enumerate_sig_fields(reader, filled_status=False)
    }
