"""Test T0: danger or wrong happening now, or a body that must act alone. Nothing else is asked before this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

from council.rules.sorting.book import Kind, book
from council.rules.sorting.lexicon import Combination
from council.rules.sorting.reading import Reading, Sentence
from council.rules.sorting.tense import Tense, bit, tenses

CRY = "cry"  # believed only when nothing more particular is told
MET = 2  # sentences for which a person named stays in mind
AFTERWARDS = 2  # sentences in which the writer may still say that it ended well


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency heard, with the words that told of it; `place` is where: title, body or point."""

    kind: Kind
    words: tuple[str, ...]
    place: str
    text: str
    now: bool


def _windows(sentence: Sentence) -> list[range]:
    """Each clause, and each two to four neighbouring ones: an emergency is told in one breath."""
    count = len(sentence.clauses)
    return [range(n, n + size) for size in (1, 2, 3, 4) for n in range(count - size + 1)]


class Scene:
    """One sentence of a report, and what around it tells whether it happens now."""

    def __init__(self, reading: Reading, number: int, told: list[Tense]) -> None:
        self.reading, self.parts, self.told = reading, reading.parts, told
        self.number = number
        self.sentence = self.parts[number]

    def happening(self, kind: Kind, window: range, one: Combination) -> bool:
        """True when what the window tells is going on, not over, feared or merely talked about."""
        if self._ended():
            return False
        told = self._times(window, one.need)
        if max(told) >= Tense.FEARED:
            return False
        if self.present(kind, window, one.need):
            return True
        if Tense.PAST in told or (Tense.YESTERDAY in told and not kind.lasting):
            return False
        if self.sentence.marks & bit("habit") and not kind.again:
            return False
        return not kind.must and self._plain()

    def _times(self, window: range, need: int) -> set[Tense]:
        """When the clauses that tell of it are."""
        return {self.told[n] for n in window if self.sentence.clauses[n].mask & need} or {Tense.OPEN}

    def present(self, kind: Kind, window: range, need: int) -> bool:
        """A word of the present stands with the words of the emergency, or was said before them."""
        told = self._times(window, need)
        if told == {Tense.NOW} or (kind.lasting and told <= {Tense.NOW, Tense.YESTERDAY}):
            return True
        clauses = [self.sentence.clauses[n] for n in window]
        marks = reduce(or_, (clause.marks for clause in clauses if clause.mask & need))
        return bool(marks & (bit("now") | (bit("again") if kind.again else 0))) and Tense.PAST not in told

    def _ended(self) -> bool:
        """It is said to have ended well, here or in what follows."""
        following = self.parts[self.number : self.number + 1 + AFTERWARDS]
        return any(part.marks & bit("settled") for part in following)

    def _plain(self) -> bool:
        """Without a word of time: a short cry is believed, a letter or a wish for measures is not."""
        everything = reduce(or_, (part.marks for part in self.parts))
        if everything & bit("cry"):
            return True
        if self.reading.letter or self.sentence.place == "title":
            return False
        return not everything & (bit("measure") | bit("consult") | bit("mediate") | bit("past"))


def _charges(said: str) -> bool:
    """The sentence itself lays a charge before a body that must act alone."""
    return any(word in said for word in ("举报", "检举", "纪委", "贵委"))


def _serious(alarm: Alarm, heard: list[Alarm], letter: bool) -> bool:
    """A body that must act alone is named in passing in many letters: there it must be the subject."""
    if not alarm.kind.always or not letter or alarm.place == "title" or _charges(alarm.text):
        return True
    return len({other.text for other in heard if other.kind is alarm.kind}) > 1


def alarms(reading: Reading) -> list[Alarm]:
    """The emergencies of a report, most urgent first."""
    keen = book()
    parts = reading.parts
    met = _met(parts)
    stirring = [n for n, part in enumerate(parts) if keen.alarms.holding(part.mask | met[n])]
    if not stirring:
        return []
    told = tenses(reading)
    heard = [alarm for number in stirring for alarm in _listen(Scene(reading, number, told[number]), met[number])]
    first: dict[str, Alarm] = {}
    for alarm in heard:
        if _serious(alarm, heard, reading.letter):
            first.setdefault(alarm.kind.name, alarm)
    if len(first) > 1:
        first.pop(CRY, None)
    return sorted(first.values(), key=lambda alarm: keen.kinds.index(alarm.kind))


def _met(parts: list[Sentence]) -> list[int]:
    """Who was spoken of just before each sentence: people are named once and then told of."""
    people = bit("old") | bit("young")
    return [reduce(or_, (part.mask & people for part in parts[max(0, n - MET) : n]), 0) for n in range(len(parts))]


def _listen(scene: Scene, met: int) -> list[Alarm]:
    """The kinds of emergency one sentence tells of; `met`: who was spoken of before."""
    heard: dict[str, Alarm] = {}
    clauses = scene.sentence.clauses
    for window in _windows(scene.sentence):
        mask = reduce(or_, (clauses[n].mask for n in window)) | met
        for one in book().alarms.holding(mask):
            kind = book().kinds[one.owner]
            if kind.name not in heard and (kind.always or scene.happening(kind, window, one)):
                heard[kind.name] = _alarm(scene, kind, window, one.need)
    return list(heard.values())


def _alarm(scene: Scene, kind: Kind, window: range, need: int) -> Alarm:
    clauses = scene.sentence.clauses
    words = [hit.word for n in window for hit in clauses[n].hits if hit.bits & need]
    now = kind.always or scene.present(kind, window, need)
    return Alarm(kind, tuple(dict.fromkeys(words)), scene.sentence.place, scene.sentence.text, now)
