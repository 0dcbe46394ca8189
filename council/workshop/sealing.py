"""Locking things away: signing keys under a PIN, personal texts under the server's secret, digests.

A signing key is wrapped by the PIN and by the server secret (custody B): neither alone opens it, and
whoever has taken both the database and the settings must still guess the PIN at 85 ms of processor time a
try.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import scrypt, sha256
from itertools import pairwise
from typing import TYPE_CHECKING

from council.i18n import Phrase
from council.later import Later
from council.refusals import Refusal
from council.workshop.faults import Fault

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers import aead
    from cryptography.hazmat.primitives.kdf import hkdf
else:
    exceptions, hashes = Later("cryptography.exceptions"), Later("cryptography.hazmat.primitives.hashes")
    aead, hkdf = Later("cryptography.hazmat.primitives.ciphers.aead"), Later("cryptography.hazmat.primitives.kdf.hkdf")

SHORTEST_SECRET = 32  # bytes
SHORTEST_PIN = 6
LONGEST_PIN = 64
SALT = 16
NONCE = 12
WORK = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 1 << 26, "dklen": 32}
MARK = 4  # bytes that name the secret a text was sealed with


class WrongPin(Fault):
    """The PIN does not open this key. The caller counts the tries: five lock the key."""

    def __init__(self) -> None:
        super().__init__(Phrase("The PIN is not right."), status=403)


class Unreadable(Exception):
    """A sealed text that none of the server's secrets opens, or that was changed or moved elsewhere."""


def _derive(material: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    return hkdf.HKDF(hashes.SHA256(), 32, salt, f"council {purpose}".encode()).derive(material)


@cache
def _look_up_key(secret: bytes, purpose: str) -> bytes:
    """Derived once: a hall that comes in by links looks one up with every step."""
    return _derive(secret, f"look-up {purpose}")


def _plain(pin: str) -> bool:
    """One sign repeated, or a run such as 123456 or 654321."""
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {-1})


def check_pin(pin: str) -> None:
    """Refuse a PIN that is too short, too long or the first one anybody would try."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise Refusal("A PIN has at least %(n)s signs.", n=SHORTEST_PIN, field="pin")
    if _plain(pin):
        raise Refusal(
            "This PIN is too easy to guess. Do not use one digit over and over or a run.", field="pin"
        )


@dataclass(frozen=True, repr=False)
class Sealer:
    """Seals with the first secret and opens with any, so a new secret is put in front of the old ones.

    Look-up digests keep to the last (oldest) secret, so that stored ones go on matching.
    """

    secrets: Sequence[bytes]

    def __post_init__(self) -> None:
        if not self.secrets or any(len(each) < SHORTEST_SECRET for each in self.secrets):
            raise ValueError(f"a server secret has at least {SHORTEST_SECRET} bytes")

    def wrap(self, key: bytes, pin: str, owner: str) -> bytes:
        """A private key locked by `pin` and tied to its `owner`.

        Takes about 85 ms of processor time: use a thread.
        """
        check_pin(pin)
        salt, nonce = os.urandom(SALT), os.urandom(NONCE)
        lock = self._lock(self.secrets[0], pin, salt)
        return self._mark(self.secrets[0]) + salt + nonce + aead.AESGCM(lock).encrypt(nonce, key, owner.encode())

    def unwrap(self, wrapped: bytes, pin: str, owner: str) -> bytes:
        """The private key, or `WrongPin`. Takes about 85 ms of processor time: use a thread."""
        salt, body = wrapped[MARK : MARK + SALT], wrapped[MARK + SALT :]
        lock = self._lock(self._secret(wrapped[:MARK]), pin, salt)
        try:
            return aead.AESGCM(lock).decrypt(body[:NONCE], body[NONCE:], owner.encode())
        except exceptions.InvalidTag:
            raise WrongPin from None

    def change_pin(self, wrapped: bytes, old: str, new: str, owner: str) -> bytes:
        """The same key under a new PIN."""
        return self.wrap(self.unwrap(wrapped, old, owner), new, owner)

    def seal_text(self, text: str, purpose: str) -> bytes:
        """A text such as a phone number, readable only with the server secret and for the same `purpose`."""
        nonce, secret = os.urandom(NONCE), self.secrets[0]
        body = aead.AESGCM(_derive(secret, f"text {purpose}")).encrypt(nonce, text.encode(), None)
        return self._mark(secret) + nonce + body

    def open_text(self, sealed: bytes, purpose: str) -> str:
        """The text again, or `Unreadable`."""
        key = _derive(self._secret(sealed[:MARK]), f"text {purpose}")
        nonce, body = sealed[MARK : MARK + NONCE], sealed[MARK + NONCE :]
        try:
            return aead.AESGCM(key).decrypt(nonce, body, None).decode()
        except exceptions.InvalidTag:
            raise Unreadable from None

    def keyed_digest(self, text: str, purpose: str) -> bytes:
        """The same 32 bytes for the same text.

        Finds a row by phone number without storing the number readably.
        """
        return hmac.digest(_look_up_key(self.secrets[-1], purpose), text.encode(), "sha256")

    def _mark(self, secret: bytes) -> bytes:
        return _derive(secret, "name")[:MARK]

    def _secret(self, mark: bytes) -> bytes:
        for secret in self.secrets:
            if self._mark(secret) == mark:
                return secret
        raise Unreadable

    def _lock(self, secret: bytes, pin: str, salt: bytes) -> bytes:
        stretched = scrypt(pin.encode(), salt=salt, **WORK)
        return _derive(stretched + secret, "unit key v1", salt)


def new_salt() -> bytes:
    """Salt for one record's digests, kept beside the record and deleted with it."""
    return os.urandom(SALT)


def salted_digest(text: str, salt: bytes) -> bytes:
    """What the journal keeps of a text.

    It proves the text while the salt lives and says nothing afterwards.
    """
    return sha256(len(salt).to_bytes(1) + salt + text.encode()).digest()
