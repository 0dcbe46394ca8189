"""Test T0: danger or wrong happening now, or a body that must act alone. Nothing else is asked before this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from council.rules.sorting.book import Kind, book
from council.rules.sorting.lexicon import Combination
from council.rules.sorting.reading import Reading, Sentence
from council.rules.sorting.tense import Tense, bit, tenses

ANY = "*"  # in a kind's `yields`: believed only when nothing more particular is told
CHARGE = "discipline"
FILE = "police-file"
LAST = "cry"  # and of such kinds the last to be believed
MET = 2  # sentences for which a person named stays in mind
BREATH = 40  # signs that more than two clauses of one breath may have
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
    """Each clause, each two neighbouring ones, and three or four short ones; the last is the whole sentence."""
    clauses = sentence.clauses
    windows = [range(n, n + size) for size in (1, 2, 3, 4) for n in range(len(clauses) - size + 1)]
    near = [one for one in windows if len(one) < 3 or sum(len(clauses[n].text) for n in one) <= BREATH]
    return [*near, range(len(clauses))]


class Scene:
    """One sentence of a report, and what around it tells whether it happens now."""

    def __init__(self, reading: Reading, number: int, told: list[Tense]) -> None:
        self.reading, self.parts, self.told = reading, reading.parts, told
        self.number = number
        self.sentence = self.parts[number]

    def happening(self, kind: Kind, window: range, one: Combination) -> bool:
        """True when what the window tells is going on, not over, feared or merely talked about."""
        if self.ended():
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

    def ended(self) -> bool:
        """It is said to have ended well, here or in what follows."""
        following = self.parts[self.number : self.number + 1 + AFTERWARDS]
        return any(part.marks & bit("settled") and not part.marks & bit("still") for part in following)

    def _plain(self) -> bool:
        """Without a word of time: a short cry is believed, a wish for measures is not; of a letter what stands around it."""
        everything = reduce(or_, (part.marks for part in self.parts))
        if everything & bit("cry"):
            return True
        if self.sentence.place == "title":
            return False
        if self.reading.letter:
            around = self.parts[max(0, self.number - 1) : self.number + 2]
            return not any(part.marks & _calm() for part in around)
        return not everything & (bit("measure") | bit("consult") | bit("mediate") | bit("past"))


@cache
def _calm() -> int:
    """Marks that, in a letter, say: this is told of, wished or feared, it is not going on."""
    marks = ("measure", "consult", "mediate", "past", "habit", "before", "quoted", "feared", "elsewhere", "supposed")
    return reduce(or_, (bit(mark) for mark in marks))


def _serious(alarm: Alarm, heard: list[Alarm], letter: bool) -> bool:
    """A body that must act alone is named in passing in many letters: there it must be at work, charged, or the subject."""
    if not alarm.kind.always or not letter or alarm.place == "title" or alarm.now:
        return True
    return len({other.text for other in heard if other.kind is alarm.kind}) > 1


def _at_work(scene: Scene, kind: Kind) -> bool:
    """A charge is laid, or the body told of has begun and not ended."""
    if kind.name == CHARGE:
        return any(part.marks & bit("charge") for part in scene.parts)
    return bool(scene.sentence.marks & bit("pending")) and not scene.ended()


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
    return sorted(_particular(first), key=lambda alarm: keen.kinds.index(alarm.kind))


def _particular(heard: dict[str, Alarm]) -> list[Alarm]:
    """A cry, a plight or a silent door says nothing beside the more particular thing that explains it."""
    return [one for one in heard.values() if not _explained(one, heard)]


def _explained(alarm: Alarm, heard: dict[str, Alarm]) -> bool:
    """An open police file explains what was, not what goes on."""
    kind = alarm.kind
    others = heard.keys() - {kind.name} - ({FILE} if alarm.now and kind.again else set())
    if ANY in kind.yields:
        return any(ANY not in heard[name].kind.yields for name in others) or (bool(others) and kind.name == LAST)
    return bool(others & set(kind.yields))


def _met(parts: list[Sentence]) -> list[int]:
    """Who was spoken of just before each sentence: people are named once and then told of."""
    people = bit("old") | bit("young") | bit("posing") | bit("lure")
    return [reduce(or_, (part.mask & people for part in parts[max(0, n - MET) : n]), 0) for n in range(len(parts))]


def _listen(scene: Scene, met: int) -> list[Alarm]:
    """The kinds of emergency one sentence tells of in one breath, or the bodies that must act alone in the whole of it.

    `met`: who was spoken of before.
    """
    heard: dict[str, Alarm] = {}
    clauses = scene.sentence.clauses
    *near, whole = _windows(scene.sentence)
    for window in (*near, whole):
        mask = reduce(or_, (clauses[n].mask for n in window)) | met
        for one in book().alarms.holding(mask):
            kind = book().kinds[one.owner]
            if kind.name in heard or (window is whole and not (kind.always or kind.wide)):
                continue
            if kind.always or scene.happening(kind, window, one):
                heard[kind.name] = _alarm(scene, kind, window, one.need)
    return list(heard.values())


def _alarm(scene: Scene, kind: Kind, window: range, need: int) -> Alarm:
    clauses = scene.sentence.clauses
    words = [hit.word for n in window for hit in clauses[n].hits if hit.bits & need]
    now = _at_work(scene, kind) if kind.always else scene.present(kind, window, need)
    return Alarm(kind, tuple(dict.fromkeys(words)), scene.sentence.place, scene.sentence.text, now)
