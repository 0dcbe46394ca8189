"""The figures of the proofs where people read them: docs/proofs.jsonl as `bin/prove --keep` measured them, and what is made of it.

`python -m tests.proofs.figures` writes docs/proofs.md and the part of README between its marks anew; nobody types them.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from tests.proofs import NAMES, ROOT

KEPT, PAGE, README = ROOT / "docs" / "proofs.jsonl", ROOT / "docs" / "proofs.md", ROOT / "README.md"
BEGIN, END = "<!-- proofs: written by bin/prove --keep -->\n", "<!-- end of proofs -->"
COUNTED = {
    "kills": "votes acknowledged over HTTP while the server is killed (SIGKILL) again and again: lost, doubled, changed, another receipt",
    "powercuts": "files as a power cut may leave them: broken, or without a vote that was acknowledged",
    "fulldisks": "votes while the disk is full, either way: acknowledged and not stored, stored and not acknowledged",
    "states": "votes from beginning to end through whatever may befall them, held against a model: anything else than the model says",
    "orders": "votes, and the order of what was written, synced and answered: an answer that goes out before its vote is on the disk",
    "closings": "votes that race with the closing: counted otherwise than acknowledged",
    "storms": "presses of 64 a voter at once, SQLite: a second vote, a second receipt",
    "storms_postgres": "presses of 64 a voter at once, PostgreSQL with 2 and with 4 processes: a second vote, a second receipt",
    "recounts": "random votes of every method: counted otherwise by a program that shares no code",
    "linkers": "secret votes attacked with every file there is, SQLite: ways that link better than guessing",
    "linkers_postgres": "secret votes attacked so on PostgreSQL with its system columns, data files and WAL: ways that link better than guessing",
    "mutations": "changes in the database behind the application's back, of a byte, a row, an order or the end of the journal: not found",
    "parties": "parties of one agreement, from its draft to its verdict: anything that is not as it should be, ours or pdfsig's",
    "drills": "votes while backups are made, each restored, verified and served from: lost, changed, not verifying",
    "streams": "acts while browsers are cut off and come back: one that misses something",
}


def kept() -> dict[str, dict[str, Any]]:
    lines = KEPT.read_text().splitlines() if KEPT.exists() else []
    return {row["name"]: row for row in map(json.loads, lines)}


def keep(found: dict[str, Any]) -> None:
    """The newest line of each proof takes the place of the one before."""
    rows = kept() | {found["name"]: found}
    KEPT.write_text("".join(json.dumps(rows[name]) + "\n" for name in COUNTED if name in rows))
    write()


def table() -> str:
    rows = [f"| `{name}` | {row['n']:,} {COUNTED[name]} | {row['failures']} | {row['commit']} |" for name, row in kept().items()]
    return "\n".join(["| proof | tried: what would be a failure | failures | at |", "|---|---|---|---|", *rows]) + "\n"


def page() -> str:
    """docs/proofs.md: the table, what each proof does, and with which fault it was seen to fail."""
    parts = [
        "# Proofs\n",
        "`bin/prove [NAME …] [--quick] [--seed N] --json` runs them and prints a line of JSON each: `n` cases, `failures`, whether the control",
        "failed (the same with a fault put in: a proof that cannot fail proves nothing), seconds, seed, commit. `--keep` writes this page and",
        "the table in README from `docs/proofs.jsonl`.\n",
        table(),
    ]
    for name in NAMES:
        module = import_module(f"tests.proofs.{name}")
        doc = " ".join((module.__doc__ or "").split())
        control = " ".join((module.control.__doc__ or "").split())
        parts.append(f"## {name}\n{doc}\n\nThe fault put in: {control}\n")
    return "\n".join(parts).rstrip("\n") + "\n"


def readme() -> str:
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


def write() -> None:
    PAGE.write_text(page())
    README.write_text(readme())


if __name__ == "__main__":
    write()
