"""Notice, posting, working days with exchanged days, terms, and the command that answers about them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.refusals import Refusal
from council.rules.calendar import (
    TABLES,
    add_working_days,
    ahead,
    earliest_meeting,
    in_force_from,
    is_working_day,
    notice,
    posting,
    read_tables,
    renewal_opens,
    term,
    working_days_between,
    year_table,
)
from council.rules.thresholds import THRESHOLDS


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    "worked", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
)
def test_an_exchanged_weekend_day_is_worked(worked: str) -> None:
    assert day(worked).weekday() >= 5
    assert is_working_day(day(worked))


@pytest.mark.parametrize("free", ["2026-01-02", "2026-02-23", "2026-04-06", "2026-10-07", "2026-11-21"])
def test_days_nobody_works(free: str) -> None:
    assert not is_working_day(day(free))


@pytest.mark.parametrize("worked", ["2026-10-08", "2026-10-09", "2026-11-20"])
def test_ordinary_days_are_worked(worked: str) -> None:
    assert is_working_day(day(worked))


@pytest.mark.parametrize(
    ("rule", "published", "meeting", "ok", "days", "needed", "unit"),
    [
        ("RC_MEETING_ADULT", "2026-09-21", "2026-09-30", False, 9, 10, "days"),
        ("RC_MEETING_HH", "2026-09-21", "2026-10-01", True, 10, 10, "days"),
        ("VC_MEETING_HH", "2026-09-21", "2026-10-02", True, 11, 10, "days"),
        ("OWN_SPECIAL", "2026-09-01", "2026-09-15", False, 14, 15, "days"),
        ("OWN_ORD", "2026-09-01", "2026-09-16", True, 15, 15, "days"),
        # 8, 9 and the exchanged Saturday 10 October lie strictly between
        ("DELIBERATION", "2026-09-30", "2026-10-11", True, 3, 3, "working_days"),
        ("DELIBERATION", "2026-09-30", "2026-10-10", False, 2, 3, "working_days"),
        ("RC_REPS", "2026-11-16", "2026-11-20", True, 3, 3, "working_days"),
        ("VC_REPS", "2026-11-16", "2026-11-19", False, 2, 3, "working_days"),
        ("DELIBERATION", "2026-11-16", "2026-11-16", False, 0, 3, "working_days"),
    ],
)
def test_a_meeting_is_called_in_time(
    rule: str, published: str, meeting: str, ok: bool, days: int, needed: int, unit: str
) -> None:
    told = notice(rule, day(published), day(meeting))
    assert (told.ok, told.days, told.needed, told.unit, told.warnings) == (ok, days, needed, unit, ())


def test_a_residents_meeting_can_be_called_at_short_notice_for_a_reason() -> None:
    told = notice("RC_MEETING_ADULT", day("2026-09-21"), day("2026-09-23"), "burst main")
    assert (told.ok, told.days, len(told.warnings)) == (True, 2, 1)
    village = notice("VC_MEETING_ADULT", day("2026-09-21"), day("2026-09-23"), "burst main")
    assert (village.ok, len(village.warnings)) == (False, 1)


@pytest.mark.parametrize("rule", ["RC_ELECT_ALL", "PETITION_RC_REPS", "OWN_USE_HOME", "NO_SUCH_RULE"])
def test_a_rule_without_a_meeting_knows_no_notice(rule: str) -> None:
    with pytest.raises(Refusal) as refused:
        notice(rule, day("2026-09-21"), day("2026-09-30"))
    assert refused.value.field == "rule"


@pytest.mark.parametrize(
    ("meeting", "warned"),
    [("2026-02-16", 1), ("2026-02-19", 1), ("2026-02-20", 0), ("2026-04-05", 1), ("2026-06-08", 1),
     ("2026-06-10", 0), ("2026-06-13", 0)],
)  # fmt: skip
def test_a_meeting_on_a_festival_or_examination_day_is_allowed_with_a_warning(
    meeting: str, warned: int
) -> None:
    told = notice("RC_MEETING_HH", day("2026-01-05"), day(meeting))
    assert (told.ok, len(told.warnings)) == (True, warned)


@pytest.mark.parametrize(
    ("published", "days", "unit", "last"),
    [
        ("2026-09-18", 15, "days", "2026-10-08"),  # the fifteenth day is a holiday
        ("2026-09-05", 15, "days", "2026-09-20"),  # a worked Sunday stays
        ("2026-11-02", 15, "days", "2026-11-17"),
        ("2026-11-06", 15, "days", "2026-11-23"),  # a Saturday moves to Monday
        ("2026-11-20", 1, "working_days", "2026-11-23"),
        ("2026-09-30", 3, "working_days", "2026-10-10"),
    ],
)
def test_the_last_day_of_a_posting(published: str, days: int, unit: str, last: str) -> None:
    told = posting(day(published), days, unit)
    assert (told.last_day, told.warnings) == (day(last), ())


@pytest.mark.parametrize(("days", "unit", "field"), [(0, "days", "days"), (15, "weeks", "unit")])
def test_an_impossible_posting_is_refused(days: int, unit: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        posting(day("2026-09-18"), days, unit)
    assert refused.value.field == field


def test_a_year_without_a_table_is_counted_with_a_warning() -> None:
    assert not year_table(2027).announced
    told = posting(day("2026-12-25"), 15)
    assert told.last_day == day("2027-01-11")
    assert [warning.values for warning in told.warnings] == [{"year": 2027}]
    assert posting(day("2026-12-14"), 15).warnings == ()
    assert len(working_days_between(day("2026-12-25"), day("2028-01-05")).warnings) == 2
    assert len(notice("DELIBERATION", day("2026-12-30"), day("2027-01-08")).warnings) == 1


@pytest.mark.parametrize("year", [1, 1900, 1990, 2100, 2150, 9998])
def test_no_year_whatever_makes_the_calendar_fail(year: int) -> None:
    assert not year_table(year).announced
    assert add_working_days(date(year, 1, 1), 5) > date(year, 1, 1)


def test_our_own_table_replaces_what_the_library_knows() -> None:
    told = read_tables('["2027"]\noff = [2027-01-01, 2027-02-08]\nworked = [2027-02-20]')[2027]
    assert told.announced
    assert (day("2027-02-20") in told.worked, day("2027-02-08") in told.off) == (True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        "off = [2027-01-02]",
        "worked = [2027-01-04]",
        "off = [2028-01-03]",
        "off = [2027-01-01]\nworked = [2027-01-01]",
    ],
)
def test_a_day_that_cannot_stand_in_the_table_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="202"):
        read_tables(f'["2027"]\n{wrong}')


def test_the_shipped_table_can_be_read() -> None:
    assert all(table.announced for table in read_tables(TABLES.read_text()).values())


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [("2026-09-30", "2026-10-12", 3), ("2026-11-16", "2026-11-20", 3), ("2026-11-20", "2026-11-23", 0),
     ("2026-11-20", "2026-11-20", 0), ("2026-11-19", "2026-11-20", 0)],
)  # fmt: skip
def test_working_days_are_counted_without_both_ends(first: str, last: str, days: int) -> None:
    assert working_days_between(day(first), day(last)).days == days


@pytest.mark.parametrize(
    ("effective", "years", "first", "last"),
    [
        ("2026-02-28T16:00:00", 2, "2026-03-01", "2028-02-29"),  # midnight in Shanghai
        ("2026-02-28T15:59:59", 2, "2026-02-28", "2028-02-27"),
        ("2022-05-31T16:00:00", 1, "2022-06-01", "2023-05-31"),
        ("2028-02-28T16:00:00", 1, "2028-02-29", "2029-02-28"),
        ("2028-02-28T16:00:00", 4, "2028-02-29", "2032-02-28"),
        ("2026-12-31T16:00:00", 3, "2027-01-01", "2029-12-31"),
    ],
)
def test_a_term_ends_the_day_before_its_corresponding_day(
    effective: str, years: int, first: str, last: str
) -> None:
    told = term(datetime.fromisoformat(effective).replace(tzinfo=UTC), years)
    assert (told.first_day, told.last_day) == (day(first), day(last))


def test_s6_an_agreement_of_five_is_in_force_from_the_last_signature_or_its_first_day() -> None:
    first, last = day("2022-06-01"), day("2023-05-31")
    four = [day("2022-05-30"), first, first, day("2022-06-02")]
    assert in_force_from(first, [*four, None]) is None
    assert in_force_from(first, []) is None
    assert in_force_from(first, [*four, first]) == day("2022-06-02")
    assert in_force_from(first, [day("2022-05-30")] * 5) == first
    assert renewal_opens(last) == day("2023-05-01")


MEETINGS = sorted(rule for rule, row in THRESHOLDS.items() if row.ahead)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(MEETINGS), st.dates(date(2024, 1, 1), date(2026, 11, 1)))
def test_the_earliest_meeting_is_in_time_and_a_day_earlier_is_not(rule: str, published: date) -> None:
    first = earliest_meeting(rule, published)
    assert notice(rule, published, first).ok
    assert not notice(rule, published, first - timedelta(days=1)).ok
    assert ahead(rule).unit in ("days", "working_days")


# --- the command -------------------------------------------------------------------------------------------


def ask(question: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "council", "dates", "--json"],
        input=json.dumps(question),
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C"},
    )


NOTICE = {"op": "notice", "rule": "RC_MEETING_ADULT", "published": "2026-09-21", "meeting": "2026-09-30"}
POSTING = {"op": "posting", "published": "2026-09-18", "days": 15}
BETWEEN = {"op": "working_days_between", "from": "2026-09-30", "to": "2026-10-12"}
TERM = {"op": "term", "effective_utc": "2026-02-28T16:00:00Z", "years": 2}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (NOTICE, {"ok": False, "days": 9, "needed": 10, "unit": "days", "warnings": []}),
        (POSTING, {"last_day": "2026-10-08", "warnings": []}),
        (BETWEEN, {"days": 3, "warnings": []}),
        (TERM, {"first_day": "2026-03-01", "last_day": "2028-02-29", "warnings": []}),
    ],
)
def test_the_command_answers_as_documented(question: dict[str, Any], answer: dict[str, Any]) -> None:
    told = ask(question)
    assert (told.returncode, told.stderr) == (0, "")
    assert json.loads(told.stdout) == answer


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({}, "op"),
        ({"op": "easter"}, "op"),
        ({**NOTICE, "colour": 1}, "colour"),
        ({**NOTICE, "meeting": "2026-09-31"}, "meeting"),
        ({**NOTICE, "meeting": "2026-09-20"}, "meeting"),
        ({**NOTICE, "temporary_reason": " "}, "temporary_reason"),
        ({"op": "posting", "published": "20260918", "days": 15}, "published"),
        ({"op": "posting", "published": "2026-09-18"}, "days"),
        ({**POSTING, "days": 0}, "days"),
        ({**POSTING, "days": 1.5}, "days"),
        ({**POSTING, "unit": "weeks"}, "unit"),
        ({**BETWEEN, "to": "2026-09-29"}, "to"),
        ({**TERM, "effective_utc": "2026-02-28T16:00:00"}, "effective_utc"),
        ({**TERM, "effective_utc": 5}, "effective_utc"),
        ({**TERM, "years": 0}, "years"),
    ],
)
def test_the_command_names_the_field_that_is_wrong(question: dict[str, Any], field: str) -> None:
    told = ask(question)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(f"{field}: ")
