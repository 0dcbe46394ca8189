"""`council dates`: notice, posting, working days and terms as the law counts them (docs/dates.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import typer

from council.cli.questions import as_json, put
from council.i18n import DEFAULT
from council.refusals import Refusal

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1950, 2200)


def dates(
    json: bool = typer.Option(False, "--json", help="Answer with one JSON object instead of lines."),
    language: str = typer.Option(DEFAULT, help="zh_Hans_CN or en."),
) -> None:
    """Count days: one JSON object on standard input."""
    put(_answer, as_json if json else _lines, language)


def _answer(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    from council.rules.figures import known, needs

    needs(asked, ("op",))
    op = asked["op"]
    if not isinstance(op, str) or op not in OPERATIONS:
        raise Refusal("This must be one of: %(among)s.", field="op", among=", ".join(OPERATIONS))
    required, optional, act = OPERATIONS[op]
    known(asked, ("op", *required, *optional))
    needs(asked, required)
    return act(asked)


def _day(asked: Mapping[str, Any], field: str) -> date:
    value = asked[field]
    try:
        if isinstance(value, str) and DAY.fullmatch(value) and int(value[:4]) in YEARS:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Refusal("This must be a day between 1950 and 2199, written YYYY-MM-DD.", field=field)


def _moment(asked: Mapping[str, Any], field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(asked[field])
        if moment.tzinfo and moment.astimezone(UTC).year in YEARS:
            return moment
    except (TypeError, ValueError, OverflowError):
        pass
    raise Refusal("This must be a moment with its zone, such as 2026-02-28T16:00:00Z.", field=field)


def _text(asked: Mapping[str, Any], field: str) -> str:
    value = asked.get(field, "")
    if not isinstance(value, str) or (field in asked and not value.strip()):
        raise Refusal("This must be a text.", field=field)
    return value.strip()


def _warned(warnings: tuple[object, ...]) -> list[str]:
    return [str(warning) for warning in warnings]


def _notice(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    from council.rules.calendar import notice

    told = notice(
        _text(asked, "rule"),
        _day(asked, "published"),
        _day(asked, "meeting"),
        _text(asked, "temporary_reason"),
    )
    return {
        "ok": told.ok,
        "days": told.days,
        "needed": told.needed,
        "unit": told.unit,
        "warnings": _warned(told.warnings),
    }


def _posting(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    from council.rules.calendar import posting
    from council.rules.figures import whole

    days = whole(asked["days"], "days", 1)
    told = posting(_day(asked, "published"), days, _text({"unit": "days", **asked}, "unit"))
    return {"last_day": told.last_day.isoformat(), "warnings": _warned(told.warnings)}


def _working_days_between(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    from council.rules.calendar import working_days_between

    told = working_days_between(_day(asked, "from"), _day(asked, "to"))
    return {"days": told.days, "warnings": _warned(told.warnings)}


def _term(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    from council.rules.calendar import term
    from council.rules.figures import whole

    told = term(_moment(asked, "effective_utc"), whole(asked["years"], "years", 1))
    return {
        "first_day": told.first_day.isoformat(),
        "last_day": told.last_day.isoformat(),
        "warnings": _warned(told.warnings),
    }


Act = Callable[[Mapping[str, Any]], Mapping[str, Any]]
# What each operation must be told, what it may be told, and who answers.
OPERATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...], Act]] = {
    "notice": (("rule", "published", "meeting"), ("temporary_reason",), _notice),
    "posting": (("published", "days"), ("unit",), _posting),
    "working_days_between": (("from", "to"), (), _working_days_between),
    "term": (("effective_utc", "years"), (), _term),
}


def _lines(answer: Mapping[str, Any]) -> str:
    lines = [f"{key}: {value}" for key, value in answer.items() if key != "warnings"]
    return "\n".join([*lines, *answer["warnings"]])
