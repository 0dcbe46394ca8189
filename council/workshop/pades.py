"""Signatures inside a PDF file (PAdES B-B) and the verdict on a signed file.

Each signatory signs with its own key as an incremental update. The first signature certifies the file and
allows only filling the remaining fields; the others follow in any order. The heavy work runs in a worker
process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from council.i18n import Phrase
from council.workshop import workers
from council.workshop.faults import Fault
from council.workshop.pdf import Box

# Named, not imported: pyHanko never enters the web process.
SIGNING, VERIFYING, ELSEWHERE = "council.workshop.signing", "council.workshop.verifying", "council.workshop.elsewhere"
SECONDS = 20.0
STRANGER_SECONDS = 5.0  # for a file of which nothing is known
LARGEST = 20_000_000  # bytes of a file to verify


class SigningFault(Fault):
    """A file or field that cannot be signed."""


class Kind(StrEnum):
    """The verdict in one word, the gravest first."""

    UNREADABLE = "unreadable"
    NOT_OURS = "not ours"
    ALTERED = "altered"
    REVOKED = "revoked"
    INCOMPLETE = "incomplete"
    ON_PAPER = "on paper"
    VALID = "valid"


@dataclass(frozen=True)
class Field:
    """Where one signatory signs.

    The field's name (`sig-…`), its box, and the signatory's name for screen readers.
    """

    name: str
    box: Box
    label: str


@dataclass(frozen=True)
class Signing:
    """What one signature says.

    Into which field, why, about which document, when. `appearance` is a one-page PDF.
    """

    field: str
    appearance: bytes
    reason: str
    document: str
    at: datetime


@dataclass(frozen=True)
class Prepared:
    """A file with a hole between `start` and `end` for a signature over `attributes`; `digest` is the SHA-256 of all but the hole."""

    pdf: bytes
    digest: bytes
    start: int
    end: int
    attributes: bytes


@dataclass(frozen=True)
class Expected:
    """One signatory the agreement names.

    `signed_at` is the moment the journal recorded; without it the file's own word. `revoked_on` is for a certificate
    that no list of ours names: from that moment it signs nothing.
    """

    field: str
    serial: int
    organisation: str
    signed_at: datetime | None = None
    revoked_on: datetime | None = None


@dataclass(frozen=True)
class Found:
    """One signature in the file."""

    field: str
    serial: int
    secretary: str
    organisation: str
    signed_at: datetime | None
    fingerprint: str
    intact: bool
    ours: bool


@dataclass(frozen=True)
class Verdict:
    """What can be said about a file.

    One kind, sentences that give every reason, the signatures in order of signing.
    """

    kind: Kind
    sentences: tuple[Phrase, ...]
    signatures: tuple[Found, ...]
    sha256: str

    @property
    def valid(self) -> bool:
        return self.kind is Kind.VALID


@dataclass(frozen=True)
class Question:
    """What is asked about a file; see `verify`."""

    pdf: bytes
    roots: tuple[bytes, ...]
    expected: tuple[Expected, ...] | None
    stored_sha256: str | None
    at: datetime
    crls: tuple[bytes, ...]


async def prepare_fields(pdf: bytes, fields: Sequence[Field]) -> bytes:
    """The frozen file with an empty signature field for every signatory: what everybody will sign."""
    prepared: bytes = await workers.workers.run(f"{SIGNING}:prepared", pdf, tuple(fields), seconds=SECONDS)
    return prepared


async def sign(pdf: bytes, what: Signing, key: bytes, certificate: bytes, chain: Sequence[bytes]) -> bytes:
    """The file with one more signature, checked before it is returned.

    `key` is the unwrapped private key (PKCS#8 DER); `certificate` and `chain` (issuing certificate, root)
    are PEM. Raises `SigningFault` when the field is unknown or filled or the file does not take another
    signature.
    """
    job = (pdf, what, key, certificate, tuple(chain))
    try:
        signed: bytes = await workers.workers.run(f"{SIGNING}:signed", *job, seconds=SECONDS)
    except (workers.TooLong, workers.Died) as broken:
        raise SigningFault(Phrase("The signature could not be made. Please try again."), 503) from broken
    return signed


async def prepare(pdf: bytes, what: Signing, certificate: bytes, chain: Sequence[bytes]) -> Prepared:
    """The file made ready for a key that is elsewhere. `Prepared.attributes` is what that key signs (ECDSA P-256 with SHA-256)."""
    made: Prepared = await workers.workers.run(f"{ELSEWHERE}:prepared", pdf, what, certificate, tuple(chain), seconds=SECONDS)
    return made


async def close(made: Prepared, field: str, raw: bytes, certificate: bytes, chain: Sequence[bytes]) -> bytes:
    """The prepared file with the signature that came back: `raw` is r and s, 32 bytes each. `SigningFault` 422 when the key did not make it."""
    signed: bytes = await workers.workers.run(f"{ELSEWHERE}:closed", made, field, raw, certificate, tuple(chain), seconds=SECONDS)
    return signed


async def serials(pdf: bytes) -> tuple[int, ...]:
    """The certificate numbers in a file, to find out which agreement somebody has brought.

    Empty if it has none.
    """
    try:
        found: tuple[int, ...] = await workers.workers.run(
            f"{VERIFYING}:serials", pdf, seconds=STRANGER_SECONDS
        )
    except (workers.TooLong, workers.Died, MemoryError, RecursionError):
        return ()
    return found


def unreadable(pdf: bytes) -> Verdict:
    """The verdict on something that cannot be read as a PDF file within the limits."""
    sentence = Phrase("This file is damaged or is not a PDF file, so it cannot be checked.")
    return Verdict(Kind.UNREADABLE, (sentence,), (), sha256(pdf).hexdigest())


async def verify(
    pdf: bytes,
    roots: Sequence[bytes],
    expected: Sequence[Expected] | None = None,
    *,
    stored_sha256: str | None = None,
    at: datetime,
    crls: Sequence[bytes] = (),
) -> Verdict:
    """Join everything that must hold for a signed file, and say in words what does not.

    Every signature intact, made with a certificate under `roots` that was in force when it signed;
    nothing changed after any of them but the filling of the other fields; the last one covers the whole
    file; no field is empty; the signers are exactly the `expected` ones, each in its own field; and the
    bytes are the stored ones. Certificates are judged at the time of signing, so a file still verifies
    when they have expired; `at` is the moment of asking. `crls` are revocation lists (PEM). Without
    `expected` the party list is taken from the file's own fields.
    """
    if len(pdf) > LARGEST:
        return unreadable(pdf)
    named = None if expected is None else tuple(expected)
    question = Question(pdf, tuple(roots), named, stored_sha256, at, tuple(crls))
    seconds = STRANGER_SECONDS if expected is None else SECONDS
    try:
        verdict: Verdict = await workers.workers.run(f"{VERIFYING}:verdict", question, seconds=seconds)
    except (workers.TooLong, workers.Died, MemoryError, RecursionError):
        return unreadable(pdf)
    return verdict
