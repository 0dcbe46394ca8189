"""Two programs that share no code count random votes of every method alike: the application, and docs/recount.py."""

from __future__ import annotations

import random
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from council.rules.decide import decide
from council.rules.methods import METHODS, voting_method
from council.rules.recounting import FORMAT, faults, told

QUICK, FULL = 1_000, 10_000  # votes of every method
ASKED = {"rule": "DELIBERATION", "electorate": "households"}


def script() -> Any:
    spec = spec_from_file_location("recount", Path(__file__).resolve().parents[2] / "docs" / "recount.py")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def paper(method: str, options: int, terms: dict[str, Any], dice: random.Random) -> str:
    """A random valid paper."""
    if method == "yes_no_abstain":
        return dice.choice(("yes", "no", "abstain"))
    if dice.random() < 0.1:
        return "abstain"
    places = dice.sample(range(1, options + 1), dice.randint(1, options))
    if method == "one_of_several":
        return str(places[0])
    if method == "ranked":
        return ">".join(map(str, places))
    if method == "points":
        left, marks = terms["points"], {}
        for place in places:
            marks[place] = dice.randint(0, left)
            left -= marks[place]
        return ",".join(f"{place}:{marks[place]}" for place in sorted(marks) if marks[place]) or "abstain"
    return ",".join(map(str, sorted(places[: terms.get("most", options)])))


def vote(method: str, dice: random.Random) -> dict[str, Any]:
    """A random vote as its published file; few papers and few options, so that there are many ties."""
    options = [] if method == "yes_no_abstain" else [f"方案{n}" for n in range(dice.randint(2, 6))]
    limit = dice.randint(20, 200)
    given = {"seats": dice.randint(1, max(1, len(options) - 1)), "points": dice.randint(1, 12), "limit": limit,
             "costs": [dice.randint(1, limit) for _ in options]}  # fmt: skip
    terms = voting_method(method).settle(options, given)
    papers = [paper(method, len(options), terms, dice) for _ in range(dice.choice((0, 1, 2, 3, 5, 8, 21, 60)))]
    tally = voting_method(method).tally(papers, options, terms)
    asked = {"entitled": len(papers) + 1, "present": len(papers), "yes": tally.yes}
    decision = decide("DELIBERATION", asked)
    return {
        "format": FORMAT, "question": "设在哪里", "options": options, "question_sha256": digest(options), "method": method, "terms": terms,
        "secret": True, "hushed": False, "held_on_paper": False, "entitled": len(papers) + 1, "cast": len(papers), "ballots": sorted(papers),
        "asked": asked, "result": told(tally),
        "decision": {"carried": decision.carried, "quorate": decision.quorate, "legal_effect": decision.legal_effect.value}, **ASKED,
    }  # fmt: skip


def digest(options: list[str]) -> str:
    from council.proceedings.publishing import question_hash

    return question_hash("设在哪里", options)


async def prove(n: int, seed: int) -> list[str]:
    dice, other = random.Random(seed), script()
    wrong = []
    for method in METHODS:
        for turn in range(n):
            result = vote(method, dice)
            wrong += [f"{method} {turn}: {one}" for one in [*faults(result), *other.faults(result)]]
    return wrong


async def control(seed: int) -> list[str]:
    """One paper more for somebody, the count left as it was: both programs must see it in every method."""
    dice, other = random.Random(seed), script()
    seen = []
    for method in METHODS:
        result = next(one for one in iter(lambda m=method: vote(m, dice), None) if len(set(one["ballots"])) > 1)
        result["ballots"] = [result["ballots"][0], *result["ballots"][:-1]]
        seen.append(bool(faults(result)) and bool(list(other.faults(result))))
    return ["the changed paper was seen in every method"] if all(seen) else []
