"""`council decide`: what the figures of a vote, an election or a petition come to (docs/decide.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from council.cli.questions import as_json, put
from council.i18n import DEFAULT
from council.refusals import Refusal

NAMES = ("rule", "rule_id", "id")


def decide(
    json: bool = typer.Option(False, "--json", help="Answer with one JSON object instead of sentences."),
    language: str = typer.Option(DEFAULT, help="zh_Hans_CN or en."),
) -> None:
    """Apply a rule of decision to figures: one JSON object on standard input."""
    put(_answer, as_json if json else _sentences, language)


def _answer(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    from council.rules.decide import decide as apply

    named = [name for name in NAMES if name in asked]
    if not named:
        raise Refusal("This is missing.", field="rule")
    if len(named) > 1:
        raise Refusal("There is no field of this name here.", field=named[1])
    rule = asked[named[0]]
    if not isinstance(rule, str):
        raise Refusal("This must be the name of a rule.", field="rule")
    return apply(rule, {key: value for key, value in asked.items() if key != named[0]}).as_json()


def _sentences(answer: Mapping[str, Any]) -> str:
    from council.rules.decide import RESULTS
    from council.rules.law import Effect, Flag

    flags = [str(Flag(flag).label) for flag in answer["flags"]]
    effect = str(Effect(answer["legal_effect"]).label)
    return "\n".join([*answer["arithmetic"], str(RESULTS[answer["carried"]]), effect, *flags])


