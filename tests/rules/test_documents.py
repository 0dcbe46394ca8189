"""What the documents of the two commands show is what the commands answer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from council.rules.thresholds import THRESHOLDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = re.compile(r"^\$ echo '(.*)' \| bin/council (\w+) --json\n(.*)$", re.MULTILINE)
EXAMPLES = [
    found for name in ("decide", "dates") for found in EXAMPLE.findall((DOCS / f"{name}.md").read_text())
]


@pytest.mark.parametrize(("question", "command", "answer"), EXAMPLES)
def test_an_example_answers_as_shown(question: str, command: str, answer: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "council", command, "--json"],
        input=question,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert told.stdout.strip() == answer


def test_both_documents_show_examples_and_name_every_rule() -> None:
    assert len(EXAMPLES) == 5
    told = (DOCS / "decide.md").read_text()
    assert not [rule for rule in THRESHOLDS if f"`{rule}`" not in told]
