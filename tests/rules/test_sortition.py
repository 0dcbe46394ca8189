"""Drawing by lot: fair to the strata, the same for everybody who draws again, with nothing but the standard library."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from council.rules.sortition import Entrant, draw, listing, next_after, seal, seats_of

SEED = "3 1 6 2 2 5 4 1"
SCRIPT = Path(__file__).resolve().parents[2] / "docs/redraw.py"
PEOPLE = [Entrant(n, f"{n % 4 + 1}号楼 {'业主' if n % 3 else '非业主'}") for n in range(1, 201)]


@pytest.mark.parametrize(
    ("sizes", "seats", "given"),
    [
        ({"a": 60, "b": 30, "c": 10}, 10, {"a": 6, "b": 3, "c": 1}),
        ({"a": 1, "b": 1, "c": 1}, 2, {"a": 1, "b": 1, "c": 0}),
        ({"a": 2, "b": 1}, 9, {"a": 2, "b": 1}),
        ({}, 3, {}),
    ],
)
def test_seats_by_largest_remainder(sizes, seats, given):
    assert seats_of(sizes, seats) == given


def redrawn(file: Path, *words: str) -> str:
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(file), SEED, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout


def test_a_stranger_draws_the_same_again_with_the_standard_library(tmp_path):
    found, file = draw(PEOPLE, 12, SEED), tmp_path / "list.csv"
    file.write_text(listing(PEOPLE), encoding="utf-8")
    gone = found.chosen[0]
    follower = next_after(found, SEED, gone, found.chosen)
    told = redrawn(file, "12", str(gone))
    assert f"Drawn: {','.join(map(str, sorted({*found.chosen, follower} - {gone})))}" in told
    assert seal(listing(PEOPLE)) in told
    file.write_text(listing(PEOPLE[1:]), encoding="utf-8")
    assert seal(listing(PEOPLE)) not in redrawn(file, "12"), "another list is seen by its digest"


def test_everybody_is_drawn_about_as_often():
    times = Counter(n for seed in range(400) for n in draw(PEOPLE, 20, f"seed {seed}").chosen)
    assert set(times) == {one.number for one in PEOPLE}
    assert max(times.values()) < 80  # 40 on average
    assert draw(PEOPLE, 20, "one").chosen != draw(PEOPLE, 20, "two").chosen


def test_replacements_come_in_order_and_end():
    people = [Entrant(1, "a"), Entrant(2, "a"), Entrant(3, "b")]
    found = draw(people, 2, "seed seed")
    used = list(found.chosen)
    first = next_after(found, "seed seed", found.chosen[0], used)
    assert first is not None
    assert next_after(found, "seed seed", found.chosen[0], [*used, first]) is None
