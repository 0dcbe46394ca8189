"""Days and hours unfit for a meeting, and the free times between what is taken."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from council.clock import ZONE
from council.rules import calendar, quiet, slots
from council.rules.slots import Taken


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        ("2024-02-09", 1),  # the eve, a day off only since 2025
        ("2026-02-15", 0), ("2026-02-16", 1), ("2026-02-19", 1), ("2026-02-20", 0),
        ("2026-04-05", 1), ("2028-04-04", 1), ("2026-06-07", 1), ("2026-06-10", 0), ("2026-11-21", 0),
    ],
)  # fmt: skip
def test_the_new_year_the_day_of_the_dead_and_the_examination_are_told_with_their_source(day, rows):
    found = quiet.rows_on(date.fromisoformat(day))
    assert len(found) == rows
    assert all(row.source for row in found)


@pytest.mark.parametrize("year", [1999, 2040, 2150, 2199])
def test_a_year_without_a_table_warns_and_never_crashes(year):
    day = date(year, 5, 20)
    told = calendar.notice("DELIBERATION", day - timedelta(days=20), day)
    assert told.ok
    assert told.warnings
    assert calendar.notice("RC_MEETING_HH", day - timedelta(days=20), day).ok
    assert slots.free(day, day + timedelta(days=9), timedelta(hours=2), [])


def test_the_town_adds_its_own_days():
    [row] = quiet.read_rows('[[quiet]]\ndays = [2027-06-20]\nwords = "中考"\nsource = "市教育局通知"')
    assert (row.days, row.source) == ({date(2027, 6, 20)}, "市教育局通知")
    with pytest.raises(ValueError, match="source"):
        quiet.read_rows('[[quiet]]\ndays = [2027-06-20]\nwords = "中考"')


def at(day: str, hour: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), ZONE)


@pytest.mark.parametrize(
    ("begins", "ends", "warned"),
    [("19:00", "21:00", 0), ("09:30", None, 0), ("06:30", "08:00", 1), ("20:30", None, 1), ("12:30", "13:30", 1), ("23:00", None, 1)],
)
def test_very_early_very_late_and_the_noon_rest_are_told(begins, ends, warned):
    end = at("2026-11-25", ends) if ends else None
    assert len(list(quiet.awkward(at("2026-11-25", begins), end))) == warned


@pytest.mark.parametrize(
    ("begins", "clash"),
    [("19:00", True), ("20:59", True), ("21:29", True), ("21:30", False), ("17:00", True), ("16:30", False)],
)
def test_two_meetings_clash_when_there_is_no_time_to_get_from_one_to_the_other(begins, clash):
    evening = Taken(at("2026-11-25", "19:00"), at("2026-11-25", "21:00"))
    assert slots.clashing(at("2026-11-25", begins), None, evening) is clash


def test_free_times_avoid_what_is_taken_and_days_that_are_unfit():
    taken = [Taken(at("2026-02-13", "19:00"), at("2026-02-13", "21:00")), Taken(at("2026-02-20", "09:00"), at("2026-02-20", "21:00"))]
    found = slots.free(date(2026, 2, 13), date(2026, 2, 22), timedelta(hours=2), taken)
    assert [f"{one:%m-%d %H:%M}" for one in found] == ["02-13 14:30", "02-14 09:30", "02-15 09:30", "02-21 09:30", "02-22 09:30"]
