"""A counted vote as it is told, on its own page and wherever else: the paper, turnout, split, arithmetic, rounds, what a budget is spent on."""

from __future__ import annotations

from typing import Any

from council.i18n import Phrase, language
from council.i18n import gettext as _
from council.proceedings.ballots import Ballot
from council.proceedings.electorates import should_attend
from council.rules.law import Flag
from council.rules.methods import voting_method
from council.rules.tally import ABSTAIN, may_abstain

TONES = {"yes": "yes", "no": "no", "abstain": "abstain", "spoiled": "spoiled"}


async def outcome(ballot: Ballot) -> dict[str, Any]:
    """What ballots/result.html shows of a declared vote, wherever it is told."""
    return {
        "ballot": ballot, "paper": paper(ballot), "told": await told(ballot), "rows": rows(ballot), "owners": owners_rows(ballot),
        "arithmetic": ballot.decision.get(f"arithmetic_{language()}", []), "flags": [Flag(flag).label for flag in ballot.decision.get("flags", [])],
    }  # fmt: skip


def paper(ballot: Ballot) -> dict[str, Any]:
    """How the paper is filled in: its kind, what must be known to fill it in, how it is counted."""
    method, terms = voting_method(ballot.method), ballot.terms
    hint = {
        "several_of_several": Phrase("Tick at least %(least)s and at most %(most)s.", **terms) if "most" in terms else "",
        "ranked": Phrase("Write 1 at your first choice, 2 at the second, and so on. You need not rank all of them."),
        "points": Phrase("Share out at most %(points)s points.", **terms) if "points" in terms else "",
        "budget": Phrase("There are %(limit)s yuan. Tick every project you want.", limit=f"{terms.get('limit', 0):,}"),
    }.get(ballot.method, "")
    costs = {str(n): f"{cost:,}" for n, cost in enumerate(terms.get("costs", ()), start=1)}
    return {
        "kind": method.inputs, "hint": hint, "rule": method.rule, "name": method.name, "costs": costs, "several": ballot.method != "yes_no_abstain",
        "ranks": [("", _("not ranked")), *((str(n), str(n)) for n in range(1, len(ballot.options) + 1))],
    }  # fmt: skip


async def told(ballot: Ballot) -> dict[str, Any]:
    """Turnout, base and abstentions of a counted vote; the rounds of a run-off; what a budget is spent on by either rule."""
    if ballot.hushed and ballot.stage == "declared":
        return {"won": ballot.outcome().chosen(ballot.options)}
    if not ballot.counted or ballot.hushed or ballot.paper:
        return {}
    tally, names = ballot.tally(), ["", *ballot.options]
    spent = [(_("Equal shares"), tally.spending), (_("Most ticks first"), tally.beside)] if tally.spending else []
    costs = [0, *ballot.terms.get("costs", ())]
    return {
        "listed": _listed(ballot), "papers": tally.total, "abstained": tally.abstained, "marks": tally.marks,
        "won": tally.chosen(ballot.options),
        "rounds": [
            {"papers": [(names[place], number) for place, number in one.papers], "exhausted": one.exhausted, "struck": names[one.struck]}
            for one in tally.rounds
        ],
        "spending": [
            {"rule": rule, "spent": f"{one.spent:,}", "projects": [(names[place], f"{costs[place]:,}", place in one.filled) for place in one.all]}
            for rule, one in spent if one
        ],
        "limit": f"{ballot.terms.get('limit', 0):,}",
    }  # fmt: skip


def _listed(ballot: Ballot) -> int:
    """How many should have come to the meeting of a vote; 0 outside a meeting."""
    return should_attend(ballot.figures) if ballot.meeting_id else 0


def rows(ballot: Ballot) -> list[tuple[str, int, str]]:
    """The split, only once it is closed: word, votes, tone."""
    if not ballot.counts:
        return []
    told = [row for row in ballot.tally().rows if row.code != ABSTAIN or may_abstain(ballot.terms)]
    return [(str(row.label), row.votes, TONES.get(row.code, "yes")) for row in told]


def owners_rows(ballot: Ballot) -> list[tuple[str, int, int]]:
    """Owners count twice: word, persons, area in cm²."""
    if ballot.electorate != "owners" or not ballot.counts:
        return []
    words = {"participating": _("Took part"), **{row.code: str(row.label) for row in ballot.tally().rows}}
    kept = {key: ballot.figures[key] for key in words if key in ballot.figures}
    return [(words[key], pair["persons"], pair["area_cm2"]) for key, pair in kept.items()]
