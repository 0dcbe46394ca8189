"""Test T0: danger or wrong happening now, or a body that must act alone. Nothing else is asked before this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

from council.rules.sorting.book import Kind, book
from council.rules.sorting.lexicon import Combination
from council.rules.sorting.reading import Clause, Reading, Sentence

CRY = "cry"  # believed only when nothing more particular is told
AFTERWARDS = 2  # sentences in which the writer may still say that it ended well


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency heard, with the words that told of it; `place` is where: title, body or point."""

    kind: Kind
    words: tuple[str, ...]
    place: str
    text: str
    now: bool


def _windows(sentence: Sentence) -> list[list[Clause]]:
    """Each clause, and each two or three neighbouring ones: an emergency is told in one breath."""
    clauses = sentence.clauses
    return [clauses[n : n + size] for size in (1, 2, 3) for n in range(len(clauses) - size + 1)]


def _heard(mask: int) -> list[Combination]:
    """The combinations that hold in these clauses and are not calmed there."""
    keen = book()
    return [one for one in keen.alarms.holding(mask) if not mask & keen.kinds[one.owner].calm]


class Scene:
    """One sentence of a report, and what around it tells whether it happens now."""

    def __init__(self, reading: Reading, number: int) -> None:
        self.reading, self.parts = reading, reading.parts
        self.number = number
        self.sentence = self.parts[number]
        bit = book().lexicon.bit
        self.now, self.cry, self.again = bit("now"), bit("cry"), bit("again")
        self.habit, self.measure = bit("habit"), bit("measure") | bit("consult") | bit("mediate")
        self.past, self.settled, self.imagined = bit("past"), bit("settled"), bit("imagined")

    def happening(self, kind: Kind, window: list[Clause], need: int) -> bool:
        """True when what the window tells is going on, not over, feared or merely talked about."""
        here = self.sentence.marks
        present_now = self.present(kind, window, need)
        if self._ended():
            return False
        if here & self.imagined and not present_now:
            return False
        if (here & self.past or self.sentence.dated) and not present_now:
            return False
        if here & self.habit and not kind.again and not present_now:
            return False
        return present_now or (not kind.must and self._plain(kind))

    def present(self, kind: Kind, window: list[Clause], need: int) -> bool:
        """A word of the present stands with the words of the emergency."""
        wanted = self.now | (self.again if kind.again else 0)
        return any(clause.marks & wanted for clause in window if clause.mask & need)

    def _ended(self) -> bool:
        """It is said to have ended well, here or in what follows."""
        following = self.parts[self.number : self.number + 1 + AFTERWARDS]
        return any(part.marks & self.settled for part in following)

    def _plain(self, kind: Kind) -> bool:
        """Without a word of time: a short cry is believed, a letter or a wish for measures is not."""
        everything = 0
        for part in self.parts:
            everything |= part.marks
        if everything & self.cry:
            return True
        if self.reading.letter or self.sentence.place == "title":
            return False
        return not everything & self.measure and not everything & self.past


def _serious(alarm: Alarm, heard: list[Alarm], letter: bool) -> bool:
    """A body that must act alone is named in passing in many letters: there it must be the subject."""
    if not alarm.kind.always or not letter or alarm.place == "title" or "举报" in alarm.text:
        return True
    return len({other.text for other in heard if other.kind is alarm.kind}) > 1


def alarms(reading: Reading) -> list[Alarm]:
    """The emergencies of a report, most urgent first."""
    keen = book()
    heard: list[Alarm] = []
    for number, sentence in enumerate(reading.parts):
        if _stirring(sentence):
            heard += _listen(Scene(reading, number), sentence)
    first: dict[str, Alarm] = {}
    for alarm in heard:
        if _serious(alarm, heard, reading.letter):
            first.setdefault(alarm.kind.name, alarm)
    if len(first) > 1:
        first.pop(CRY, None)
    return sorted(first.values(), key=lambda alarm: keen.kinds.index(alarm.kind))


def _stirring(sentence: Sentence) -> bool:
    """Some combination holds in the whole sentence: the closer look is worth its time."""
    return bool(book().alarms.holding(sentence.mask))


def _listen(scene: Scene, sentence: Sentence) -> list[Alarm]:
    """The kinds of emergency one sentence tells of."""
    heard: dict[str, Alarm] = {}
    for window in _windows(sentence):
        mask = reduce(or_, (clause.mask for clause in window))
        for one in _heard(mask):
            kind = book().kinds[one.owner]
            if kind.name not in heard and (kind.always or scene.happening(kind, window, one.need)):
                now = kind.always or scene.present(kind, window, one.need)
                words = [hit.word for clause in window for hit in clause.hits if hit.bits & one.need]
                heard[kind.name] = Alarm(kind, tuple(dict.fromkeys(words)), sentence.place, sentence.text, now)
    return list(heard.values())
