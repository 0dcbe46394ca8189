"""The light of a task, as the supervision of open tasks shows it: red when its day has passed, yellow when the day is near, else green.

"Near" is ours: at most three working days are left, the last day counted.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum

from council.i18n import Phrase
from council.rules.calendar import DAY, working_days_between

NEAR = 3  # working days


class Light(IntEnum):
    """In order of urgency, so that the most urgent of several is their maximum."""

    GREEN = 0
    YELLOW = 1
    RED = 2

    @property
    def word(self) -> Phrase:
        return _WORDS[self]

    @property
    def tone(self) -> str:
        return ("done", "soon", "stop")[self]


_WORDS = {Light.GREEN: Phrase("green: in time"), Light.YELLOW: Phrase("yellow: the day is near"), Light.RED: Phrase("red: overdue")}


def light(deadline: date, today: date) -> Light:
    """The light of a task that is still to be done."""
    if deadline < today:
        return Light.RED
    left = working_days_between(today, deadline + DAY).days
    return Light.YELLOW if left <= NEAR else Light.GREEN
