"""One JSON object in on standard input, one out: what `decide` and `dates` have in common."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import typer

from council.i18n import LANGUAGES, compile_catalogues, speaking
from council.refusals import Refusal

Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no key stands twice: of two numbers nobody knows which was meant."""
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise Refusal("This stands there twice.", field=key)
        made[key] = value
    return made


def _read() -> Mapping[str, Any]:
    try:
        asked = json.loads(sys.stdin.buffer.read().decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise Refusal("Standard input must hold one JSON object.", field="stdin") from wrong
    if not isinstance(asked, dict):
        raise Refusal("Standard input must hold one JSON object.", field="stdin")
    return asked


def _refuse(field: str, reason: object) -> NoReturn:
    typer.echo(f"{field}: {reason}", err=True)
    raise typer.Exit(2)


def put(answer: Answer, show: Callable[[Mapping[str, Any]], str], language: str) -> None:
    """Read the question and print the answer as `show` has it; exit 2 naming the field that is wrong."""
    if language not in LANGUAGES:
        _refuse("language", ", ".join(LANGUAGES))
    compile_catalogues()
    with speaking(language):
        try:
            told = show(answer(_read()))
        except Refusal as refusal:
            _refuse(refusal.field, refusal)
    typer.echo(told.encode())


def as_json(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)
