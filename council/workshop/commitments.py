"""Sealing a number so that sums can be checked: Pedersen's commitments (Crypto '91) in the 2048-bit group of RFC 3526.

A commitment to a number is G^number · H^blinding mod P. Alone it tells nothing about the number; the product of some of them is the commitment to the
sum of their numbers and the sum of their blindings, and nobody can name another sum for it. H comes from a hash, so that nobody knows log_G H.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256

P = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)
# Squares, so that both lie in the one large subgroup of prime order.
G = 4
H = pow(int("".join(sha256(f"council area {n}".encode()).hexdigest() for n in range(8)), 16), 2, P)
BYTES = 32  # of a blinding


def blinding(key: str, about: str) -> int:
    """256 bits that only the holder of the key can name, for one commitment."""
    return int.from_bytes(hmac.digest(key.encode(), about.encode(), "sha256"))


def commit(number: int, hidden_by: int) -> int:
    return pow(G, number, P) * pow(H, hidden_by, P) % P


@cache
def _powers() -> tuple[tuple[int, ...], ...]:
    """H to every value of every byte of a blinding: then a commitment is a handful of products."""
    rows, base = [], H
    for _ in range(BYTES):
        row = [1]
        for _ in range(255):
            row.append(row[-1] * base % P)
        rows.append(tuple(row))
        base = row[-1] * base % P
    return tuple(rows)


def commit_all(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Commitments to many numbers, each with its blinding."""
    made = []
    for number, hidden_by in pairs:
        found = pow(G, number, P)
        for row, byte in zip(_powers(), hidden_by.to_bytes(BYTES, "little"), strict=True):
            found = found * row[byte] % P
        made.append(found)
    return made


def joined(commitments: Iterable[int]) -> int:
    """The commitment to the sum."""
    found = 1
    for one in commitments:
        found = found * one % P
    return found
