"""How figures and names are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council import figures
from council.i18n import speaking


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王桂芳", "王**"),
        ("李强", "李*"),
        ("欧阳修文", "欧阳**"),
        ("欧阳", "欧*"),
        ("阳司马", "阳**"),
        ("阿依古丽·买买提", "阿**"),
    ],
)
def test_a_masked_name_keeps_only_the_surname(name: str, shown: str) -> None:
    assert figures.mask_name(name) == shown


@pytest.mark.parametrize(
    ("title", "whole"),
    [
        ("垃圾分类公约草案，您看行不行？", True),
        ("社区“党建联盟”共建协议书", True),
        ("长风社区十一月评议会", False),
        ("2026年：与和平宾馆党支部合作得怎么样？", False),
    ],
)
def test_a_title_is_broken_after_its_marks_where_every_phrase_fits_a_line(title: str, whole: bool) -> None:
    assert figures.phrased(title) is whole


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=6))
def test_shares_add_up_to_one_hundred(counts: list[int]) -> None:
    tenths = sum(int(share.rstrip("%").replace(".", "")) for share in figures.shares(counts))
    assert tenths == (1000 if sum(counts) else 0)


def test_shares_are_written_to_one_place() -> None:
    assert figures.shares([11, 3, 2]) == ["68.8%", "18.7%", "12.5%"]


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(1, 3, "33.3%"), (2, 3, "66.7%"), (16, 16, "100.0%"), (0, 0, "0.0%")]
)
def test_a_percentage_is_rounded_half_up(part: int, whole: int, shown: str) -> None:
    assert figures.percent(part, whole) == shown


def test_areas_and_numbers_are_grouped() -> None:
    assert figures.area(126_400_000) == "12,640.00 ㎡"
    assert figures.number(12640) == "12,640"


def test_a_code_is_read_aloud_in_groups() -> None:
    assert figures.grouped("K7MQ-2XWH9RTP") == "K7MQ 2XWH 9RTP"
    assert figures.grouped("482917", 3) == "482 917"


def test_a_short_day_is_the_district_s_day() -> None:
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    assert figures.short_day(late) == "11月25日"
    with speaking("en"):
        assert figures.short_day(date(2026, 11, 25)) == "25 November"
