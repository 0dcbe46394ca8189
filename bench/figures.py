"""The ratios where people read them: docs/bench.jsonl as `bin/bench --keep` measured them, and the table of README made of it.

`python -m bench.figures` writes the part of README between its marks anew; nobody types them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT, README = ROOT / "docs" / "bench.jsonl", ROOT / "README.md"
BEGIN, END = "<!-- ratios: written by bin/bench --keep -->\n", "<!-- end of ratios -->"
# What people ask for besides the ratio: the same run by the clock.
CLOCK = {
    "W3 votes": ("votes_a_second", "votes a second over HTTP on SQLite"),
    "W3 votes on PostgreSQL": ("votes_a_second", "on PostgreSQL"),
    "W5 votes, 2000 listen": ("votes_a_second", "while 2,000 listen"),
    "W10 by link": ("seconds_for_2000", "s for 2,000 people to come in by their link"),
    "W9 411 of five signed": ("seconds", "s to print and sign 411 agreements of five"),
    "W12 start": ("seconds", "s to start"),
}
HEAD = "| workload | ratio to its twin | target | reached | at |\n|---|---|---|---|---|\n"


def kept() -> dict[str, dict[str, Any]]:
    lines = KEPT.read_text("utf-8").splitlines() if KEPT.exists() else []
    return {row["name"]: row for row in map(json.loads, lines)}


def order(row: dict[str, Any]) -> tuple[int, str]:
    """W3 before W12."""
    return int(row["name"].split()[0][1:]), row["name"]


def keep(found: dict[str, Any]) -> None:
    """The newest line of each workload takes the place of the one before."""
    rows = sorted((kept() | {found["name"]: found}).values(), key=order)
    KEPT.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    README.write_text(readme(), "utf-8")


def reached(row: dict[str, Any]) -> str:
    """Whether the target is met by the figure itself, without the quarter `bin/bench` leaves for a busy machine."""
    met = row["ratio"] >= row["target"] if row.get("at_least") else row["ratio"] <= row["target"]
    return "yes" if met else "**no**"


def table() -> str:
    rows = kept()
    return HEAD + "".join(line(row) for row in rows.values() if row["ratio"] is not None) + "\n" + by_the_clock(rows)


def by_the_clock(rows: dict[str, dict[str, Any]]) -> str:
    told = [f"{rows[name][figure]:,} {what}" for name, (figure, what) in CLOCK.items() if name in rows]
    return f"By the clock of that machine: {', '.join(told)}.\n"


def line(row: dict[str, Any]) -> str:
    bound = "≥" if row.get("at_least") else "≤"
    return f"| {row['name']} | {row['ratio']} | {bound} {row['target']} | {reached(row)} | {row['commit']} |\n"


def readme() -> str:
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    README.write_text(readme(), "utf-8")
