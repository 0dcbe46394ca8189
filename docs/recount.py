"""Count a published result again, with nothing but Python: python recount.py result.json

Written from docs/results.md alone. It shares no code with the application and needs no library. Exit 0: everything agrees; 1: something differs.
"""

import hashlib
import json
import sys
from collections import Counter
from fractions import Fraction

NOTHING = ("abstain", "spoiled")
# The 2048-bit prime of RFC 3526, with pi from its series in whole numbers; H has no logarithm that anybody knows.
PI = sum(c * sum((-1) ** n * 2**2000 // ((2 * n + 1) * b ** (2 * n + 1)) for n in range(1500)) for c, b in ((16, 5), (-4, 239)))
P = 2**2048 - 2**1984 - 1 + 2**64 * (124476 + (PI >> 82))
H = pow(int("".join(hashlib.sha256(f"council area {n}".encode()).hexdigest() for n in range(8)), 16), 2, P)


def ticks(paper):
    return [] if paper in NOTHING else [int(code) for code in paper.split(",")]


def alone(ranks):
    """The one alone at the top, or nobody."""
    top = [code for code, number in ranks.items() if number == max(ranks.values()) > 0]
    return top if len(top) == 1 else []


def single(papers, result):
    codes = ["yes", "no"] if result["method"] == "yes_no_abstain" else [str(n + 1) for n in range(len(result["options"]))]
    rows = {code: papers.count(code) for code in [*codes, "abstain", "spoiled"] if code != "spoiled" or code in papers}
    won = alone({code: rows[code] for code in codes})
    support = rows["yes"] if "yes" in rows else rows[won[0]] if won else 0
    return {"rows": rows, "won": won, "support": support}


def several(papers, result):
    rows = {str(n + 1): sum(n + 1 in ticks(p) for p in papers) for n in range(len(result["options"]))}
    seats = result["terms"]["seats"]
    edge = sorted(rows.values())[-seats]
    won = [code for code, number in rows.items() if number >= edge and number > 0]
    won = won if len(won) == seats else []
    return {"rows": rows, "won": won, "support": min((rows[code] for code in won), default=0)}


def ranked(papers, result):
    orders = [[int(code) for code in p.split(">")] if p not in NOTHING else [] for p in papers]
    options = list(range(1, len(result["options"]) + 1))
    firsts = {str(o): sum(order[:1] == [o] for order in orders) for o in options}
    rows = firsts | {code: papers.count(code) for code in NOTHING if code == "abstain" or code in papers}
    rounds, left = [], options
    while True:
        tops = Counter(next((o for o in order if o in left), 0) for order in orders)
        now = {o: tops[o] for o in left}
        live, best = sum(now.values()), max(now.values())
        rounds.append({"papers": {str(o): n for o, n in now.items()}, "struck": 0})
        if live == 0 or best * 2 > live or min(now.values()) == best:
            winners = [o for o in left if now[o] == best and live]
            break
        last = [o for o in left if now[o] == min(now.values())]
        for before in reversed(rounds[:-1]):
            few = min(before["papers"][str(o)] for o in last)
            last = [o for o in last if before["papers"][str(o)] == few]
        rounds[-1]["struck"] = last[-1]
        left = [o for o in left if o != last[-1]]
    won = [str(winners[0])] if len(winners) == 1 else []
    return {"rows": rows, "won": won, "support": now[winners[0]] if won else 0, "rounds": rounds}


def points(papers, result):
    given = [dict(map(int, pair.split(":")) for pair in p.split(",")) if p not in NOTHING else {} for p in papers]
    rows = {str(n + 1): sum(paper.get(n + 1, 0) for paper in given) for n in range(len(result["options"]))}
    won = alone(rows)
    return {"rows": rows, "won": won, "support": sum(int(won[0]) in paper for paper in given) if won else 0}


def most_first(wants, costs, limit, taken):
    spent, chosen = sum(costs[o] for o in taken), []
    liked = {o: sum(o in want for want in wants) for o in costs}
    for o in sorted(costs, key=lambda o: (-liked[o], costs[o], o)):
        if o not in taken and liked[o] > 0 and spent + costs[o] <= limit:
            chosen.append(o)
            spent += costs[o]
    return chosen, spent


def budget(papers, result):
    limit, costs, taken = result["terms"]["limit"], {n + 1: cost for n, cost in enumerate(result["terms"]["costs"])}, []
    wants = [set(ticks(p)) for p in papers]
    active = [i for i, want in enumerate(wants) if want]
    purse = {i: Fraction(limit, len(active)) for i in active}
    while True:
        best = None
        for o in costs:
            fans = sorted((i for i in active if o in wants[i]), key=lambda i: purse[i])
            if o in taken or not fans or sum(purse[i] for i in fans) < costs[o]:
                continue
            owed = Fraction(costs[o])
            for k, i in enumerate(fans):  # the poorer give all they have, the others the same part each
                share = owed / (len(fans) - k)
                if share <= purse[i]:
                    break
                owed -= purse[i]
            best = min(filter(None, (best, (share / costs[o], -len(fans), costs[o], o, share))))
        if best is None:
            break
        taken.append(best[3])
        purse = {i: left - min(left, best[4]) * (best[3] in wants[i]) for i, left in purse.items()}
    rest, spent = most_first(wants, costs, limit, taken)
    won = taken + rest
    rows = {str(o): sum(o in want for want in wants) for o in costs}
    told = {"rows": rows, "won": [str(o) for o in won], "support": sum(bool(want & set(won)) for want in wants)}
    return told | {"spent": spent, "greedy": [str(o) for o in most_first(wants, costs, limit, [])[0]]}


COUNT = {"yes_no_abstain": single, "one_of_several": single, "several_of_several": several, "ranked": ranked, "points": points, "budget": budget}


def faults(result):
    """What a second count finds wrong, in words; nothing where all agrees."""
    question = json.dumps({"options": result["options"], "question": result["question"]}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(question.encode()).hexdigest() != result["question_sha256"]:
        yield "the question is not the one of the hash"
    if result["hushed"] or result["held_on_paper"]:
        return
    papers = [b if isinstance(b, str) else b[1] for b in result["ballots"]]
    if len(papers) != result["cast"] or len(papers) > result["entitled"]:
        yield f"{len(papers)} papers, {result['cast']} cast, {result['entitled']} entitled"
    if not result["secret"] and len({b[0] for b in result["ballots"]}) != len(papers):
        yield "a receipt stands there twice"
    told = COUNT[result["method"]](papers, result) | {"papers": len(papers)}
    yield from (f"{key}: published {result['result'].get(key)}, counted {told[key]}" for key in told if told[key] != result["result"].get(key))
    if result["electorate"] == "owners":
        for key, blinding in result["blindings"].items():
            asked, product = result["asked"][key], 1
            for _receipt, _paper, sealed in (b for b in result["ballots"] if b[1] == key):
                product = product * int(sealed, 16) % P
            if asked["persons"] != papers.count(key) or product != pow(4, asked["area_cm2"], P) * pow(H, int(blinding, 16), P) % P:
                yield f"{key}: {asked} is not what {papers.count(key)} papers and their sealed areas come to"
        if result["asked"]["participating"] != {m: sum(result["asked"][key][m] for key in told["rows"]) for m in ("persons", "area_cm2")}:
            yield "those who took part are not the sum of the choices"
    elif result["asked"]["yes"] != told["support"]:
        yield f"the rule was asked about {result['asked']['yes']}, the papers say {told['support']}"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        found = list(faults(json.load(file)))
    print("\n".join(found) or "agrees")
    sys.exit(1 if found else 0)
