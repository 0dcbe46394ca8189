"""The twins of W6: a table with a covering index that is counted; a loop that opens sealed papers. Bare sqlite3 and cryptography.

The opening loop is written for itself from the description of a paper in the product's sealed box: three pairs, a box in a box.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
import time
from collections import Counter
from itertools import cycle, islice

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHOICES = ("yes", "no", "abstain")


def table(file: str, size: int) -> sqlite3.Connection:
    """So many votes of one ballot."""
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE vote (id INTEGER PRIMARY KEY, ballot INT, voter TEXT, choice TEXT, at TEXT)")
    rows = ((1, f"person:{n}", choice, "2026-11-22 09:00:00") for n, choice in enumerate(islice(cycle(CHOICES), size)))
    database.executemany("INSERT INTO vote (ballot, voter, choice, at) VALUES (?, ?, ?, ?)", rows)
    database.execute("CREATE INDEX covering ON vote (ballot, choice)")
    database.commit()
    return database


def counted(database: sqlite3.Connection) -> tuple[float, dict[str, int]]:
    """Seconds of one count by the index alone, and what it came to."""
    begun = time.perf_counter()
    found = dict(database.execute("SELECT choice, COUNT(*) FROM vote WHERE ballot = 1 GROUP BY choice").fetchall())
    return time.perf_counter() - begun, found


def opened(papers: list[str], keys: list[bytes], about: bytes) -> dict[str, int]:
    """What the papers of the first pair of holders say."""
    pair = [(key := X25519PrivateKey.from_private_bytes(one), key.public_key().public_bytes_raw()) for one in keys]
    found: Counter[str] = Counter()
    for paper in papers:
        box = base64.b64decode(paper)[: 160 + 2 * 48]
        for key, public in pair:
            secret = key.exchange(X25519PublicKey.from_public_bytes(box[:32]))
            box = ChaCha20Poly1305(HKDF(SHA256(), 32, box[:32] + public, about).derive(secret)).decrypt(bytes(12), box[32:], None)
        found[box[2 : 2 + int.from_bytes(box[:2])].decode()] += 1
    return dict(found)


if __name__ == "__main__":
    # Papers come on the standard input; each line asks for one opening of all of them.
    given = json.loads(sys.stdin.readline())
    while sys.stdin.readline():
        used, begun = time.process_time(), time.perf_counter()
        result = opened(given["papers"], [bytes.fromhex(key) for key in given["keys"]], given["about"].encode())
        print(json.dumps({"cpu": time.process_time() - used, "wall": time.perf_counter() - begun, "result": result}), flush=True)
