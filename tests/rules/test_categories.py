"""The skeleton of an agreement: every blank filled, every category with its clause."""

from __future__ import annotations

import pytest

from council.refusals import Refusal
from council.rules import categories

BLANKS = dict.fromkeys(categories.BLANKS, "某")


def test_every_category_has_a_clause_and_they_are_numbered_in_the_order_of_the_skeleton():
    text = categories.contents(reversed(list(categories.CATEGORIES)))
    assert text.count("\n") == len(categories.CATEGORIES) - 1
    assert text.startswith("（一）组织联建")
    assert "（六）其他" in text


def test_the_skeleton_leaves_no_blank_open():
    clauses = categories.skeleton(BLANKS)
    assert len(clauses) == 13
    assert not any(sign in clause.body for clause in clauses for sign in "{}_")


def test_a_blank_left_out_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        categories.skeleton({})


def test_an_unknown_category_is_refused():
    with pytest.raises(Refusal):
        categories.contents(["WINE"])


@pytest.mark.parametrize("n", [0, 1, 31])
def test_fewer_than_two_or_more_than_thirty_cannot_agree(n):
    with pytest.raises(Refusal):
        categories.check_number(n)


@pytest.mark.parametrize("n", [2, 30])
def test_two_and_thirty_can(n):
    categories.check_number(n)


@pytest.mark.parametrize(
    ("order", "word"),
    [(0, "甲方"), (1, "乙方一"), (10, "乙方十"), (11, "乙方十一"), (20, "乙方二十"), (29, "乙方二十九")],
)
def test_the_sides_are_counted_in_chinese(order, word):
    assert categories.side(order) == word
