"""The opinion map: planted groups are found, shuffled answers show none, small figures stay hidden, the same answers give the same map."""

from __future__ import annotations

import random
from functools import cache

import pytest

from council.rules import opinion_map
from council.rules.opinion_map import K, drawn, rand_index

PEOPLE, STATEMENTS = 300, 24


def planted(seed: int = 7) -> tuple[list[list[int | None]], list[int]]:
    """300 people in three groups of 150, 90 and 60; four statements all like, the others each with its friends. A fifth was not asked."""
    dice = random.Random(seed)
    truth = [0] * 150 + [1] * 90 + [2] * 60
    dice.shuffle(truth)
    liking = [[0.9] * 3 if n < 4 else [0.88 if n % 3 == group else 0.12 for group in range(3)] for n in range(STATEMENTS)]
    rows: list[list[int | None]] = []
    for group in truth:
        said: list[int | None] = []
        for n in range(STATEMENTS):
            throw = dice.random()
            asked = 1 if throw < liking[n][group] else 0 if throw > 0.95 else -1
            said.append(None if dice.random() < 0.2 else asked)
        rows.append(said)
    return rows, truth


def shuffled(rows: list[list[int | None]]) -> list[list[int | None]]:
    """Each statement keeps its answers, each person gets somebody else's."""
    dice, columns = random.Random(1), [list(column) for column in zip(*rows, strict=True)]
    for column in columns:
        dice.shuffle(column)
    return [list(row) for row in zip(*columns, strict=True)]


@cache
def whole() -> opinion_map.Map:
    return drawn(planted()[0])


def test_planted_groups_and_their_common_ground_are_found():
    found, truth = whole(), planted()[1]
    assert found.why == ""
    assert rand_index(found.labels, truth) >= 0.9
    assert len(found.groups) == 3
    assert {line.statement for line in found.lines if line.kind == "common"} == {0, 1, 2, 3}
    assert {line.statement for line in found.lines if line.kind == "dividing"} == set(range(4, STATEMENTS))
    assert found.chance == (0, opinion_map.SHUFFLES)
    assert found.steady >= 90


def test_shuffled_answers_show_no_groups():
    assert drawn(shuffled(planted()[0])).why == "chance"


def test_the_same_answers_give_the_same_map():
    rows = [row[:9] for row in planted(3)[0]][:120]
    assert drawn(rows) == drawn([list(row) for row in rows])


@pytest.mark.parametrize(("people", "statements", "why"), [(29, 24, "people"), (300, 4, "statements")])
def test_below_the_stated_size_there_is_no_map(people, statements, why):
    rows, _truth = planted()
    assert drawn([row[:statements] for row in rows[:people]]).why == why
    assert drawn([]).why == "statements"


def test_no_figure_stands_for_one_to_four_people():
    shares = [share for line in whole().lines for share in line.shares]
    assert any(share.agree is None for share in shares), "there was something to hide"
    for share in shares:
        if share.agree is not None and share.disagree is not None:
            cells = (share.agree, share.disagree, share.asked - share.agree - share.disagree)
            assert all(cell == 0 or cell >= K for cell in cells)


def test_the_index_knows_same_from_chance():
    assert rand_index([0, 0, 1, 1], [1, 1, 0, 0]) == 1
    assert abs(rand_index([n % 3 for n in range(900)], [n // 300 for n in range(900)])) < 0.05
