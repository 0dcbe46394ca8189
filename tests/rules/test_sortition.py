"""Drawing by lot: fair to the strata, the same for everybody who draws again, with nothing but the standard library."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from council.rules.sortition import Entrant, K, draw, generation, listing, next_after, seal, strata, taken

SEED = "3 1 6 2 2 5 4 1"
SCRIPT = Path(__file__).resolve().parents[2] / "docs/redraw.py"
PEOPLE = [Entrant(n, f"{n % 4 + 1}号楼 {n % 3 * 10 + 60}后 {'业主' if n % 7 else '非业主'}") for n in range(1, 201)]


@pytest.mark.parametrize(("total", "seats", "given"), [(10, 5, 5), (3, 9, 3), (1, 1, 1), (7, 2, 2), (0, 3, 0)])
def test_as_many_are_seated_as_there_are_seats_wherever_it_begins(total, seats, given):
    for start in range(max(total, 1)):
        assert len(taken(total, seats, start)) == given


def test_over_all_beginnings_every_place_is_taken_equally_often():
    times = Counter(place for start in range(37) for place in taken(37, 5, start))
    assert set(times.values()) == {5}
    assert set(times) == set(range(37))


def test_each_stratum_and_each_building_gets_its_share_rounded_up_or_down():
    for seed in range(50):
        found = draw(PEOPLE, 23, f"seed {seed}")
        sizes = Counter(one.stratum for one in PEOPLE)
        for name, size in sizes.items():
            assert size * 23 // 200 <= found.seats[name] <= -(-size * 23 // 200)
        drawn = Counter(one.stratum[:3] for one in PEOPLE if one.number in found.chosen)
        assert set(drawn.values()) <= {5, 6}, "fifty of two hundred, a quarter of twenty-three"


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


def test_everybody_is_drawn_about_as_often_however_small_the_stratum():
    small = [Entrant(n, f"{n % 60 + 10}号楼 60后 业主") for n in range(1, 101)]
    times = Counter(n for seed in range(400) for n in draw(small, 10, f"seed {seed}").chosen)
    assert set(times) == {one.number for one in small}, "shares alone would never seat a stratum of one"
    assert max(times.values()) < 80  # 40 on average
    assert draw(PEOPLE, 20, "one").chosen != draw(PEOPLE, 20, "two").chosen


def test_nobody_is_known_by_a_stratum_of_their_own():
    told = [("3号楼", "60后", "业主")] * 6 + [("3号楼", "60后", "非业主")] * 2 + [("3号楼", "00后", "业主")] * 3 + [("8号楼", "70后", "业主")] * 4
    found = strata(told)
    assert Counter(found) == {"3号楼 60后 业主": 6, "3号楼": 5, "其他": 4}
    assert all(size >= K for name, size in Counter(found).items() if name != "其他")
    assert strata([]) == []
    assert [generation(one) for one in (None, 1930, 1960, 2000)] == ["年代不详", "30后及以前", "60后", "00后"]


def test_replacements_come_in_order_and_end():
    people = [Entrant(1, "a"), Entrant(2, "a"), Entrant(3, "b")]
    found = draw(people, 2, "seed seed")
    used = list(found.chosen)
    first = next_after(found, "seed seed", found.chosen[0], used)
    assert first is not None
    assert next_after(found, "seed seed", found.chosen[0], [*used, first]) is None
