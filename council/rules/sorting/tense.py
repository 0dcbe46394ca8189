"""When something told of happens: carried from clause to clause, as people name a time once and then tell on."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from council.rules.sorting.book import book
from council.rules.sorting.reading import Clause, Reading, Sentence

CARRIED = 2  # sentences of a letter that a word of the present reaches


class Tense(IntEnum):
    """OPEN: nothing said about time. FEARED and SUPPOSED have not happened."""

    OPEN = 0
    NOW = 1
    YESTERDAY = 2
    PAST = 3
    FEARED = 4
    SUPPOSED = 5


@cache
def bit(mark: str) -> int:
    return book().lexicon.bit(mark)


class Teller:
    """Follows a report clause by clause."""

    def __init__(self, letter: bool) -> None:
        self.letter = letter
        self.told = Tense.OPEN
        self.since = 0

    def sentence(self, one: Sentence) -> list[Tense]:
        """The tense of each clause of the next sentence."""
        self.since += 1
        stale = self.letter and self.told is Tense.NOW and self.since > CARRIED
        if stale or one.place in {"title", "point"}:
            self.told = Tense.OPEN
        if one.dated:
            self.told = Tense.PAST
        supposed = False
        tenses = []
        for clause in one.clauses:
            self._move(clause)
            supposed = clause.marks & bit("supposed") > 0 or (supposed and not clause.marks & bit("now"))
            tenses.append(self._of(clause, supposed))
        return tenses

    def _move(self, clause: Clause) -> None:
        """A word of time sets the time of what follows."""
        for mark, tense in (("now", Tense.NOW), ("yesterday", Tense.YESTERDAY), ("past", Tense.PAST)):
            if clause.marks & bit(mark):
                self.told, self.since = tense, 0
                return

    def _of(self, clause: Clause, supposed: bool) -> Tense:
        if supposed or clause.marks & bit("elsewhere"):
            return Tense.SUPPOSED
        if clause.marks & bit("feared") and not clause.marks & bit("now"):
            return Tense.FEARED
        fresh = self.told in {Tense.NOW, Tense.YESTERDAY}
        return Tense.PAST if clause.marks & bit("before") and not fresh else self.told


def tenses(reading: Reading) -> list[list[Tense]]:
    """The tense of every clause of every part, in order."""
    teller = Teller(reading.letter)
    return [teller.sentence(part) for part in reading.parts]
