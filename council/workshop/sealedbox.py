"""Sealed papers: locked to three holders so that any two of them together open them, and nobody else, the machine included.

A box is one use of X25519, HKDF-SHA256 and ChaCha20-Poly1305 with a key of its own (RFC 7748, 5869, 8439), the way of libsodium's sealed
boxes. For every pair of holders there is a box for the one inside a box for the other. All papers have the same length.
"""

from __future__ import annotations

import random
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from council.later import Later

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import x25519
    from cryptography.hazmat.primitives.ciphers import aead
    from cryptography.hazmat.primitives.kdf import hkdf
else:
    exceptions, hashes = Later("cryptography.exceptions"), Later("cryptography.hazmat.primitives.hashes")
    x25519, aead = Later("cryptography.hazmat.primitives.asymmetric.x25519"), Later("cryptography.hazmat.primitives.ciphers.aead")
    hkdf = Later("cryptography.hazmat.primitives.kdf.hkdf")

ROOM = 160  # bytes of a padded paper
KEY, TAG = 32, 16
PAIRS = tuple(combinations(range(3), 2))
NONCE = bytes(12)  # every box has its own key, so the nonce may be the same
LENGTH = len(PAIRS) * (ROOM + 2 * (KEY + TAG))


class Tampered(Exception):
    """A sealed paper that the right keys do not open: it was changed, or sealed for another vote."""


def _derive(material: bytes, about: str, salt: bytes = b"") -> bytes:
    return hkdf.HKDF(hashes.SHA256(), 32, salt or None, f"council {about}".encode()).derive(material)


def private_from(code: str, context: str) -> bytes:
    """The private key that a paper code of at least 120 bits stands for; it needs no stretching."""
    return _derive(code.encode(), f"custodian {context}")


def public_of(private: bytes) -> bytes:
    return x25519.X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _box(plain: bytes, public: bytes, context: str) -> bytes:
    once = x25519.X25519PrivateKey.generate()
    mine = once.public_key().public_bytes_raw()
    key = _derive(once.exchange(x25519.X25519PublicKey.from_public_bytes(public)), f"box {context}", mine + public)
    return mine + aead.ChaCha20Poly1305(key).encrypt(NONCE, plain, None)


@dataclass(frozen=True, slots=True)
class Opener:
    """A private key made ready to open many boxes: the key itself, and its public half that every derivation needs."""

    private: x25519.X25519PrivateKey
    public: bytes

    @classmethod
    def of(cls, private: bytes) -> Opener:
        return cls(x25519.X25519PrivateKey.from_private_bytes(private), public_of(private))

    def open(self, box: bytes, context: str) -> bytes:
        """What is in a box; Tampered where it is not for this key."""
        key = _derive(self.private.exchange(x25519.X25519PublicKey.from_public_bytes(box[:KEY])), f"box {context}", box[:KEY] + self.public)
        try:
            return aead.ChaCha20Poly1305(key).decrypt(NONCE, box[KEY:], None)
        except exceptions.InvalidTag:
            raise Tampered from None


def seal(paper: str, public: Sequence[bytes], context: str) -> str:
    """A paper as text of always the same length, for the three holders of these public keys."""
    said = paper.encode()
    if len(said) > ROOM - 2:
        raise ValueError("this paper says too much to be sealed")
    plain = len(said).to_bytes(2) + said.ljust(ROOM - 2, b"\0")
    return b64encode(b"".join(_box(_box(plain, public[b], context), public[a], context) for a, b in PAIRS)).decode()


def openers(private: Mapping[int, bytes]) -> dict[int, Opener]:
    """Two of the holders, by their place (0 to 2), ready to open papers."""
    return {place: Opener.of(private[place]) for place in sorted(private)[:2]}


def open_one(sealed: str, pair: Mapping[int, Opener], context: str) -> str:
    """What stands on a paper, with the keys of two holders."""
    body, size = b64decode(sealed), LENGTH // len(PAIRS)
    places = tuple(pair)
    if len(body) != LENGTH or places not in PAIRS:
        raise Tampered
    start = PAIRS.index(places) * size
    first, second = pair.values()
    plain = second.open(first.open(body[start : start + size], context), context)
    return plain[2 : 2 + int.from_bytes(plain[:2])].decode()


def open_all(sealed: Sequence[str], private: Mapping[int, bytes], context: str) -> dict[str, int]:
    """How many papers say what, sorted. They are opened in random order, so that nothing told on the way says whose was whose."""
    papers, pair = list(sealed), openers(private)
    random.SystemRandom().shuffle(papers)
    counted = Counter(open_one(one, pair, context) for one in papers)
    return dict(sorted(counted.items()))
