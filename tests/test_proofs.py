"""The figures of proofs and workloads stand where people read them as they were measured."""

from __future__ import annotations

from bench import figures as ratios
from tests.proofs import NAMES, figures


def test_every_proof_is_told_of():
    assert set(figures.COUNTED) == set(NAMES)


def test_readme_and_docs_say_what_was_measured():
    assert figures.PAGE.read_text() == figures.page()
    assert figures.README.read_text() == figures.readme()
    assert all(row["failures"] == 0 and row["control_failed"] for row in figures.kept().values())


def test_readme_says_what_was_compared():
    assert ratios.README.read_text("utf-8") == ratios.readme()
