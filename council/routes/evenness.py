"""Equal lengths: whoever only sees how much goes over the line learns nothing of a secret paper, from our pages or from what is sent to us."""

from __future__ import annotations

import secrets
from urllib.parse import quote_plus

from markupsafe import escape

from council.proceedings.ballots import Ballot
from council.rules.methods import voting_method

EVEN = 600  # signs: more than any paper with its names takes as a form is sent


def filling(ballot: Ballot, choice: str, word: str) -> str:
    """Random signs that make the page of every choice of a secret ballot equally long."""
    if not ballot.secret:
        return ""
    room = EVEN + 400 + sum(len(str(escape(option)).encode()) + 16 for option in ballot.options)
    return secrets.token_hex(room)[: room - len(str(escape(word)).encode()) - len(str(escape(choice)).encode()) - len(even(ballot, choice))]


def even(ballot: Ballot, choice: str) -> str:
    """What is sent beside the choice of a secret ballot, so that every paper is equally long on its way to us, too."""
    return "0" * (EVEN - len(quote_plus(choice))) if ballot.secret else ""


def evened(ballot: Ballot, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The choices; where one is taken by a round button of a secret ballot, their codes are equally long. Whoever reads them strips the blanks.

    Papers with several marks are made even by the script of the page.
    """
    longest = max(len(code) for code, _word in choices) if ballot.secret and voting_method(ballot.method).inputs == "radio" else 0
    return [(code.ljust(longest), word) for code, word in choices]
