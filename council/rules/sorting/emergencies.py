"""Test T0: danger or wrong happening now, or a body that must act alone. Nothing else is asked before this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from council.rules.sorting.lexicon import Combination, Lexicon, anchored, combination, data, known, present
from council.rules.sorting.reading import Clause, Reader, Reading, Sentence

AFTERWARDS = 2  # sentences in which the writer may still say that it ended well


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of emergency. `again`: a wrong that keeps happening counts; `always`: time does not matter.

    `must`: it counts only with a word of the present.
    """

    name: str
    numbers: tuple[str, ...]
    again: bool
    always: bool
    must: bool
    calm: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency heard, with the words that told of it; `place` is where: title, body or point."""

    kind: Kind
    words: tuple[str, ...]
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Watch:
    """The emergency words, read once."""

    lexicon: Lexicon
    reader: Reader
    kinds: tuple[Kind, ...]
    table: dict[int, list[Combination]]
    figure: int


@cache
def watch() -> Watch:
    lexicon = Lexicon()
    known(lexicon)
    # Only figures of speech are muted here: a word that hides another in the table must not hide an emergency.
    lexicon.mute = lexicon.bit("figure")
    for sign, words in data("emergencies")["signs"].items():
        for word in words.split():
            lexicon.learn(word, lexicon.bit(sign))
    kinds: list[Kind] = []
    combinations: list[Combination] = []
    for written in data("emergencies")["emergency"]:
        combinations += [combination(lexicon, line, len(kinds)) for line in written["when"]]
        calm = lexicon.bit("calm " + written["id"])
        for word in written["calm"].split():
            lexicon.learn(word, calm)
        kinds.append(Kind(
            written["id"], tuple(written["numbers"]), written.get("again", False), written.get("always", False),
            written.get("must", False), calm, written["zh"], written["en"],
        ))
    lexicon.settle()
    return Watch(lexicon, Reader(lexicon), tuple(kinds), anchored(combinations), lexicon.bit("figure"))


def _windows(sentence: Sentence) -> list[list[Clause]]:
    """Each clause, and each two or three neighbouring ones: an emergency is told in one breath."""
    clauses = sentence.clauses
    return [clauses[n : n + size] for size in (1, 2, 3) for n in range(len(clauses) - size + 1)]


def _heard(window: list[Clause]) -> list[Combination]:
    """The combinations that hold in these clauses and are not calmed there."""
    keen = watch()
    mask = 0
    for clause in window:
        mask |= clause.mask
    return [
        one
        for number in present(mask)
        for one in keen.table.get(number, ())
        if mask & one.need == one.need and not mask & one.forbid and not mask & keen.kinds[one.owner].calm
    ]


class Scene:
    """One sentence of a report, and what around it tells whether it happens now."""

    def __init__(self, reading: Reading, number: int) -> None:
        self.reading, self.parts = reading, reading.parts
        self.number = number
        self.sentence = self.parts[number]
        bit = watch().lexicon.bit
        self.now, self.cry, self.again = bit("now"), bit("cry"), bit("again")
        self.habit, self.measure = bit("habit"), bit("measure")
        self.past, self.settled, self.imagined = bit("past"), bit("settled"), bit("imagined")

    def happening(self, kind: Kind, window: list[Clause], need: int) -> bool:
        """True when what the window tells is going on, not over, feared or merely talked about."""
        marks = 0
        for clause in window:
            if clause.mask & need:
                marks |= clause.marks
        here = self.sentence.marks
        present_now = bool(marks & self.now) or bool(kind.again and marks & self.again)
        if self._ended():
            return False
        if here & self.imagined and not present_now:
            return False
        if (here & self.past or self.sentence.dated) and not present_now:
            return False
        if here & self.habit and not kind.again and not present_now:
            return False
        return present_now or (not kind.must and self._plain(kind))

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


def alarms(text: str, title: str = "") -> list[Alarm]:
    """The emergencies of a report, most urgent first."""
    keen = watch()
    reading = keen.reader.read(text, title)
    heard: list[Alarm] = []
    for number, sentence in enumerate(reading.parts):
        heard += _listen(Scene(reading, number), sentence)
    first: dict[str, Alarm] = {}
    for alarm in heard:
        if _serious(alarm, heard, reading.letter):
            first.setdefault(alarm.kind.name, alarm)
    return sorted(first.values(), key=lambda alarm: keen.kinds.index(alarm.kind))


def _listen(scene: Scene, sentence: Sentence) -> list[Alarm]:
    """The kinds of emergency one sentence tells of."""
    heard: dict[str, Alarm] = {}
    for window in _windows(sentence):
        for one in _heard(window):
            kind = watch().kinds[one.owner]
            if kind.name not in heard and (kind.always or scene.happening(kind, window, one.need)):
                words = [hit.word for clause in window for hit in clause.hits if hit.bits & one.need]
                heard[kind.name] = Alarm(kind, tuple(dict.fromkeys(words)), sentence.place, sentence.text)
    return list(heard.values())
