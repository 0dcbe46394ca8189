"""The council says no, and says why."""

from __future__ import annotations

from typing import Any

from council.i18n import Phrase


class Refusal(Exception):
    """What the council does not allow, and why, in the reader's language.

    `status`: 403 office or reach, 409 stage or version, 413 size, 422 content, 503 not recorded.
    `field` names the form field it belongs to, if one.
    """

    status = 422

    def __init__(self, message: str, /, *, status: int | None = None, field: str = "", **values: Any) -> None:
        super().__init__(message)
        self.phrase = Phrase(message, **values)
        self.field = field
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        return str(self.phrase)


class Forbidden(Refusal):
    """Not within this person's office or reach."""

    status = 403


class Conflict(Refusal):
    """Not at this stage, or somebody changed it in between."""

    status = 409


class NotFound(Exception):
    """There is no such thing, or this person may not see it: the answer is the same."""
