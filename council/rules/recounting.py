"""Counting a published result again: the papers under their method, the figures under their rule. The format is docs/results.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.decide import decide
from council.rules.figures import COUNTED, MEASURES
from council.rules.methods import voting_method
from council.rules.tally import Tally

FORMAT = "council-result/1"


def told(tally: Tally) -> dict[str, Any]:
    """What the papers come to, as it is published: row by row, what won, how many papers stand behind it."""
    found: dict[str, Any] = {"rows": {row.code: row.votes for row in tally.rows}, "won": list(tally.won), "support": tally.yes, "papers": tally.total}
    if tally.rounds:
        found["rounds"] = [{"papers": {str(place): n for place, n in one.papers}, "struck": one.struck} for one in tally.rounds]
    if tally.spending and tally.beside:
        found |= {"spent": tally.spending.spent, "greedy": [str(place) for place in tally.beside.all]}
    return found


def faults(result: Mapping[str, Any]) -> list[Phrase]:
    """Where a published result does not come out; ValueError for a file that is none. Of a hushed one there is nothing to count."""
    if result.get("format") != FORMAT:
        raise ValueError("not a result file of this format")
    if result["hushed"]:
        return []
    try:
        return [*_papers(result), *_rule(result)]
    except (KeyError, TypeError, IndexError, Refusal) as wrong:
        raise ValueError(f"this file does not hold together: {wrong}") from wrong


def _papers(result: Mapping[str, Any]) -> Iterator[Phrase]:
    if result["held_on_paper"]:
        return
    papers = [one if isinstance(one, str) else one[1] for one in result["ballots"]]
    if len(papers) != result["cast"] or len(papers) > result["entitled"]:
        yield Phrase("The file holds %(n)s papers, %(cast)s were cast.", n=len(papers), cast=result["cast"])
    again = told(voting_method(result["method"]).tally(papers, result["options"], result["terms"]))
    for name, value in again.items():
        if value != result["result"].get(name):
            yield _differs(name, result["result"].get(name), value)
    if result["electorate"] == "owners":
        yield from _areas(result, papers)
    elif result["asked"]["yes"] != again["support"]:
        yield _differs("yes", result["asked"]["yes"], again["support"])


def _areas(result: Mapping[str, Any], papers: Sequence[str]) -> Iterator[Phrase]:
    """Persons of each choice against the papers; those who took part against the choices. The sealed areas are `sealed_areas`."""
    for key in COUNTED:
        asked = result["asked"].get(key, {"persons": 0, "area_cm2": 0})
        if asked["persons"] != papers.count(key):
            yield _differs(key, asked["persons"], papers.count(key))
    for measure in MEASURES:
        whole = sum(result["asked"][key][measure] for key in COUNTED)
        if result["asked"]["participating"][measure] != whole:
            yield _differs(f"participating.{measure}", result["asked"]["participating"][measure], whole)


Claim = tuple[str, list[int], int, int]  # choice, its sealed areas, their sum as published, the sum of their blindings


def sealed_areas(result: Mapping[str, Any]) -> list[Claim]:
    """What the sealed areas of an owners' vote are said to come to, choice by choice; nothing of any other vote."""
    if result["electorate"] != "owners" or result["held_on_paper"]:
        return []
    return [
        (key, [int(sealed, 16) for _receipt, paper, sealed in result["ballots"] if paper == key], result["asked"][key]["area_cm2"], int(blinding, 16))
        for key, blinding in result["blindings"].items()
    ]  # fmt: skip


def _rule(result: Mapping[str, Any]) -> Iterator[Phrase]:
    """What the rule makes of the figures, compared with what was declared."""
    decision = decide(result["rule"], result["asked"])
    for name, value in (("carried", decision.carried), ("quorate", decision.quorate), ("legal_effect", decision.legal_effect.value)):
        if value != result["decision"][name]:
            yield _differs(name, result["decision"][name], value)


def _differs(name: str, published: Any, counted: Any) -> Phrase:
    return Phrase("%(name)s: published %(published)s, counted %(counted)s.", name=name, published=published, counted=counted)
