"""`council triage`: which affair a report is, and why. One report per line on standard input."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer

KEYS = {"text", "title"}


def _fail(number: int, field: str, wrong: str) -> typer.Exit:
    typer.echo(f"line {number}: {field}: {wrong}", err=True)
    return typer.Exit(2)


def report(line: str, number: int) -> tuple[str, str]:
    """Text and title of one line: plain text, or a JSON object `{"text", "title"?}`. Exit 2 names what is wrong."""
    if not line.lstrip().startswith("{"):
        return line, ""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as broken:
        raise _fail(number, "json", str(broken)) from broken
    for key in told:
        if key not in KEYS:
            raise _fail(number, key, "unknown key")
    if "text" not in told:
        raise _fail(number, "text", "missing")
    for key, value in told.items():
        if not isinstance(value, str):
            raise _fail(number, key, "must be a string")
    return told["text"], told.get("title", "")


def machine(text: str, title: str) -> dict[str, Any]:
    """The stable JSON object of `docs/triage.md`."""
    from council.rules.triage import suggest

    found = suggest(text, title)
    return {
        "class": "HANDOFF" if found.handoff else found.affair,
        "secondary": list(found.secondary),
        "level": found.level,
        "handoff": list(found.handoff),
        "flags": list(found.flags),
        "reasons": [
            {"by": one.by, "test": one.test, "words": list(one.words), "text": str(one.text)} for one in found.reasons
        ],
        "confidence": float(found.confidence),
    }


def people(text: str, title: str) -> list[str]:
    """The same for people to read, one line each."""
    from council.i18n import Phrase
    from council.rules.bodies import HANDOFF_NUMBERS
    from council.rules.triage import suggest

    found = suggest(text, title)
    if found.handoff:
        lines = [f"{HANDOFF_NUMBERS[one].phone} {HANDOFF_NUMBERS[one].name}" for one in found.handoff]
    elif found.affair:
        lines = [f"{found.affair.label} · {found.affair.level.label} · {found.affair.meeting}"]
    else:
        lines = [str(Phrase("No affair"))]
    lines += [f"  {one.text} {'、'.join(one.words)}" for one in found.reasons]
    lines.append("  " + str(Phrase("Confidence %(percent)s%%", percent=round(found.confidence * 100))))
    return lines


def triage(
    as_json: bool = typer.Option(False, "--json", help="One JSON object per report (docs/triage.md)."),
) -> None:
    """Suggest the affair of each report read from standard input, one per line."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        text, title = report(line.rstrip("\r\n"), number)
        if as_json:
            typer.echo(json.dumps(machine(text, title), ensure_ascii=False))
        else:
            typer.echo("\n".join(people(text, title)))
