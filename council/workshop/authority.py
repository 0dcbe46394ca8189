"""A small certificate authority: offline root, issuing certificate, unit certificates, revocation list.

It is an internal register the signatories agree on, not a public certification service (Electronic
Signature Law arts. 16–18). Everything is P-256 with SHA-256, goes in and comes out as PEM, and is stored
by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from council.i18n import Phrase
from council.later import Later
from council.workshop.faults import Fault

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
else:
    x509, hashes = Later("cryptography.x509"), Later("cryptography.hazmat.primitives.hashes")
    ec, rsa = Later("cryptography.hazmat.primitives.asymmetric.ec"), Later("cryptography.hazmat.primitives.asymmetric.rsa")
    serialization = Later("cryptography.hazmat.primitives.serialization")
    pkcs12 = Later("cryptography.hazmat.primitives.serialization.pkcs12")

ROOT_YEARS = 30
UNIT_YEARS = 15
LIST_DAYS = 30
LONGEST = 64  # X.520 upper bound of a name, counted in bytes for the common name


class CertificateFault(Fault):
    """A certificate that cannot be issued as asked."""


@dataclass(frozen=True)
class Pair:
    """A private key (PKCS#8 PEM, perhaps under a passphrase) with its certificate (PEM)."""

    key: bytes
    certificate: bytes


@dataclass(frozen=True)
class Revoked:
    """A serial number that no longer signs, from a moment on. Signatures made before stay good."""

    serial: int
    since: datetime


def new_key() -> bytes:
    """A fresh P-256 private key, PKCS#8 DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_of(key: bytes) -> bytes:
    """The public half of a PKCS#8 DER key, SubjectPublicKeyInfo DER."""
    public = serialization.load_der_private_key(key, None).public_key()
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _pem(key: ec.EllipticCurvePrivateKey, passphrase: bytes | None) -> bytes:
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def _load(pair: Pair, passphrase: bytes | None = None) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = serialization.load_pem_private_key(pair.key, passphrase)
    return cast(ec.EllipticCurvePrivateKey, key), x509.load_pem_x509_certificate(pair.certificate)


def _years_after(moment: datetime, years: int) -> datetime:
    """The same day so many years on; 29 February becomes 28 February."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)


def _name(common: str, organisation: str | None = None) -> x509.Name:
    if len(common.encode()) > LONGEST or len(organisation or "") > LONGEST:
        raise CertificateFault(Phrase("The name %(name)s is too long for a certificate.", name=common))
    parts = [x509.NameAttribute(x509.NameOID.COMMON_NAME, common)]
    if organisation:
        parts.insert(0, x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


def _usage(*allowed: str) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in allowed for name in every})


def _draft(subject: x509.Name, public: ec.EllipticCurvePublicKey, at: datetime) -> x509.CertificateBuilder:
    draft = x509.CertificateBuilder().subject_name(subject).public_key(public)
    draft = draft.serial_number(x509.random_serial_number()).not_valid_before(at.replace(microsecond=0))
    return draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _authority(
    draft: x509.CertificateBuilder, length: int | None, until: datetime
) -> x509.CertificateBuilder:
    draft = draft.not_valid_after(until).add_extension(x509.BasicConstraints(True, length), critical=True)
    return draft.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)


def _under(draft: x509.CertificateBuilder, issuer: x509.Certificate) -> x509.CertificateBuilder:
    known = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    link = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)
    return draft.issuer_name(issuer.subject).add_extension(link, critical=False)


def _seal(draft: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return draft.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def root(name: str, at: datetime, passphrase: bytes | None = None) -> Pair:
    """A self-signed root of 30 years.

    Its key belongs on a stick in a drawer, under a passphrase, not on the server.
    """
    key, subject = ec.generate_private_key(ec.SECP256R1()), _name(name)
    draft = _draft(subject, key.public_key(), at).issuer_name(subject)
    draft = _authority(draft, 1, _years_after(at, ROOT_YEARS))
    return Pair(_pem(key, passphrase), _seal(draft, key))


def issuing(under: Pair, name: str, at: datetime, passphrase: bytes | None = None) -> Pair:
    """The certificate that issues to units.

    It lasts as long as the root. `passphrase` opens the root key.
    """
    root_key, root_certificate = _load(under, passphrase)
    key = ec.generate_private_key(ec.SECP256R1())
    draft = _under(_draft(_name(name), key.public_key(), at), root_certificate)
    draft = _authority(draft, 0, root_certificate.not_valid_after_utc)
    return Pair(_pem(key, None), _seal(draft, root_key))


def issue(issuer: Pair, secretary: str, organisation: str, public_key: bytes, at: datetime) -> bytes:
    """A unit's certificate of 15 years.

    Common name the secretary, organisation the unit. `public_key` is SPKI DER.
    """
    issuer_key, above = _load(issuer)
    public = cast(ec.EllipticCurvePublicKey, serialization.load_der_public_key(public_key))
    draft = _under(_draft(_name(secretary, organisation), public, at), above)
    draft = draft.not_valid_after(min(_years_after(at, UNIT_YEARS), above.not_valid_after_utc))
    draft = draft.add_extension(x509.BasicConstraints(False, None), critical=True)
    return _seal(
        draft.add_extension(_usage("digital_signature", "content_commitment"), critical=True), issuer_key
    )


def revocation_list(issuer: Pair, revoked: Iterable[Revoked], at: datetime, number: int) -> bytes:
    """The signed list of dated revocations, PEM, good for 30 days. `number` grows with every list."""
    key, certificate = _load(issuer)
    draft = x509.CertificateRevocationListBuilder().issuer_name(certificate.subject).last_update(at)
    draft = draft.next_update(at + timedelta(days=LIST_DAYS))
    draft = draft.add_extension(x509.CRLNumber(number), critical=False)
    for entry in revoked:
        row = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.since)
        draft = draft.add_revoked_certificate(row.build())
    return draft.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Opened:
    """What a certificate file (PKCS#12) holds: the private key (PKCS#8 DER), its certificate and those above it (PEM)."""

    key: bytes
    certificate: bytes
    chain: tuple[bytes, ...]


def open_file(data: bytes, password: str, at: datetime) -> Opened:
    """Open a unit's own certificate file, in memory only. `CertificateFault` says what keeps it from signing."""
    try:
        found = pkcs12.load_pkcs12(data, password.encode())
    except (ValueError, TypeError) as wrong:
        raise CertificateFault(Phrase("The file cannot be opened: it is no certificate file, or the password is not right.")) from wrong
    if found.key is None or found.cert is None or not isinstance(found.key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        raise CertificateFault(Phrase("This file holds no key that can sign."))
    _fit(found.cert.certificate, at)
    private = found.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = serialization.Encoding.PEM
    above = tuple(one.certificate.public_bytes(pem) for one in found.additional_certs)
    return Opened(private, found.cert.certificate.public_bytes(pem), above)


def _fit(certificate: x509.Certificate, at: datetime) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise CertificateFault(Phrase("This certificate is not in force today."))
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.content_commitment:
        raise CertificateFault(Phrase("This certificate is not made for signing documents (non-repudiation)."))


def public_half(certificate: bytes) -> bytes:
    """The public key of a certificate (PEM), SubjectPublicKeyInfo DER."""
    public = x509.load_pem_x509_certificate(certificate).public_key()
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def serial(certificate: bytes) -> int:
    """The serial number of a certificate (PEM)."""
    return x509.load_pem_x509_certificate(certificate).serial_number


def short_number(serial_number: int) -> str:
    """Eight signs of a serial number that people can compare: 3F2A-91C4."""
    digits = f"{serial_number:040X}"[-8:]
    return f"{digits[:4]}-{digits[4:]}"


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate (PEM), in pairs: 1A:2B:…"""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex(":").upper()
