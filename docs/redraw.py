#!/usr/bin/env python3
"""Draw a sortition again from what was published: the list, the seed, the number of seats. Needs nothing but Python.

    python3 redraw.py list.csv "the seed" 12 [numbers that declined, in that order]

list.csv has a line "number,stratum" for each person on the list. Method: docs/sortition.md.
"""

import csv
import hashlib
import sys


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def main(path, seed, seats, declined):
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    print("SHA-256 of the list:", sha256(text))
    strata = {}
    for row in csv.DictReader(text.splitlines()):
        strata.setdefault(row["stratum"], []).append(int(row["number"]))
    order = {name: sorted(strata[name], key=lambda n: (sha256(f"{seed}:{n}"), n)) for name in sorted(strata)}
    row = [n for name in order for n in order[name]]
    total, seats = len(row), min(seats, len(row))
    start = int(sha256(f"{seed}:start"), 16) % total
    chosen = [row[i] for i in range(total) if ((i + 1) * seats + start) // total > (i * seats + start) // total]
    used = list(chosen)
    everybody = sorted(row, key=lambda n: (sha256(f"{seed}:{n}"), n))
    for gone in declined:
        own = next(numbers for numbers in order.values() if gone in numbers)
        follower = next((n for n in own + everybody if n not in used), None)
        chosen.remove(gone)
        if follower is not None:
            used.append(follower)
            chosen.append(follower)
    print("Drawn:", ",".join(map(str, sorted(chosen))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), [int(one) for one in sys.argv[4:]])
