"""Texts much alike are suggested, with the reason; others are left alone."""

from __future__ import annotations

from fractions import Fraction

import pytest

from council.rules.likeness import alike, likeness


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("垃圾桶夏天味道太大了，请挪到东墙", "垃圾桶夏天味道太大，请挪到东墙边", True),
        ("ＡＢＣ 铺塑胶！", "abc铺塑胶", True),
        ("垃圾桶夏天味道太大了", "晚上路灯太暗看不清路", False),
        ("好", "好", True),
        ("", "", False),
    ],
)
def test_pairs(first, second, same):
    found = alike({1: first, 2: second})
    assert bool(found) is same
    assert (likeness(first, second) >= Fraction(2, 5)) is same


def test_the_reason_stands_with_the_suggestion():
    pair = alike({4: "请把长椅留着，老人要坐", 9: "长椅留着，老人要坐一坐"})[0]
    assert (pair.first, pair.second, pair.common) == (4, 9, "长椅留着老人要坐")


def test_ten_thousand_opinions_are_looked_through_in_a_moment():
    texts = {n: f"第{n}条意见说的是{n * 7919 % 10007}号楼的第{n % 97}件事" for n in range(10_000)}
    texts |= {10_000: "垃圾桶请挪到东墙边上去", 10_001: "垃圾桶请挪到东墙边上"}
    assert any({one.first, one.second} == {10_000, 10_001} for one in alike({n: texts[n] for n in list(texts)[-600:]}))
