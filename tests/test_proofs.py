"""The figures of the proofs stand where people read them as they were measured."""

from __future__ import annotations

from tests.proofs import NAMES, figures


def test_every_proof_is_told_of():
    assert set(figures.COUNTED) == set(NAMES)


def test_readme_and_docs_say_what_was_measured():
    assert figures.PAGE.read_text() == figures.page()
    assert figures.README.read_text() == figures.readme()
    assert all(row["failures"] == 0 and row["control_failed"] for row in figures.kept().values())
