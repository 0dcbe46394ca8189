"""Reading a report: its title, points and sentences, and how much each sentence weighs for what is wanted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from council.rules.sorting.lexicon import Hit, Lexicon

LONGEST = 6000  # signs read; nobody's matter hides behind the sixth page
LETTER = 160  # from this many signs on a report is a letter, with history and salutation

_POINT = re.compile(
    r"(?:(?<=[\n。；;：:！!？?，,\s])|^)\s*"
    r"(?:第[一二三四五六七八九十]{1,2}[、，,.:：步]?|[一二三四五六七八九十]{1,2}[、．]|[一二三四五六七八九]是"
    r"|[（(][一二三四五六七八九十\d]{1,2}[)）]|\d{1,2}[、．.)）](?!\d)|[①-⑨]|其[一二三四五])"
)
_END = re.compile(r"[。！？!?；;\n]+")
_CLAUSE = re.compile(r"[，,：:\s]+")
_DATE = re.compile(r"(?:19|20)\d\d年|\d{1,2}月\d{1,2}[日号]|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]")
_GREETING = re.compile(r"^.{0,24}(?:您好|你好|大家好|领导好|同志们?好?|领导们?|先生|女士|书记|主任|老师们?好?)[：:，,！!。]?$")


@dataclass(slots=True)
class Clause:
    text: str
    hits: list[Hit]
    mask: int
    marks: int


@dataclass(slots=True)
class Sentence:
    """`mask` holds the concepts that count, `marks` how it is meant; `place` is title, body or point."""

    text: str
    clauses: list[Clause]
    mask: int
    marks: int
    place: str
    dated: bool
    weight: float = 1.0


@dataclass(slots=True)
class Reading:
    title: Sentence | None
    sentences: list[Sentence]
    length: int

    @property
    def parts(self) -> list[Sentence]:
        return ([self.title] if self.title else []) + self.sentences

    @property
    def letter(self) -> bool:
        return self.length >= LETTER


def clean(text: str) -> str:
    """One form of every sign, no control signs, not longer than is read."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    if plain.isprintable():
        return plain
    return "".join(c if c == "\n" or c.isprintable() else " " for c in plain)


def _pieces(text: str) -> list[tuple[str, str]]:
    """Sentences in order, each with its place; a numbered point reaches to the end of its line."""
    pieces: list[tuple[str, str]] = []
    for index, chunk in enumerate(_POINT.split(text)):
        for number, line in enumerate(chunk.split("\n")):
            place = "point" if index and not number else "body"
            pieces += [(said.strip(), place) for said in _END.split(line) if said.strip()]
    return pieces


class Reader:
    """Reads with one lexicon; holds the bits of the marks it looks for."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        for mark in ("request", "topic", "negation", "past", "settled", "quoted", "history",
                     "elsewhere", "address", "consult"):
            setattr(self, mark, lexicon.bit(mark))

    request: int
    topic: int
    negation: int
    past: int
    settled: int
    quoted: int
    history: int
    elsewhere: int
    address: int
    consult: int

    def read(self, text: str, title: str = "") -> Reading:
        text, title = clean(text).strip(), clean(title).strip()
        if not title:
            title, text = _headline(text)
        head = self._sentence(title, "title") if title else None
        body = [self._sentence(said, place) for said, place in _pieces(text)]
        reading = Reading(head, body, len(text))
        self._weigh(reading)
        return reading

    def _clause(self, text: str) -> Clause:
        hits = self.lexicon.scan(text)
        marks = 0
        for hit in hits:
            marks |= hit.bits
        if marks & self.negation and not text.endswith("吗"):
            hits = self._affirmed(text, hits)
        mask = 0
        for hit in hits:
            mask |= hit.bits
        return Clause(text, hits, mask, marks)

    def _affirmed(self, text: str, hits: list[Hit]) -> list[Hit]:
        """The hits outside the reach of a negation, which ends at 而是 or with the clause."""
        denial = next(hit for hit in hits if hit.bits & self.negation)
        turn = text.find("而是", denial.start)
        end = turn if turn >= 0 else len(text)
        return [hit for hit in hits if hit.start < denial.start or hit.start >= end or hit is denial]

    def _sentence(self, text: str, place: str) -> Sentence:
        clauses = [self._clause(one) for one in _CLAUSE.split(text) if one]
        mask = marks = 0
        for clause in clauses:
            mask |= clause.mask
            marks |= clause.marks
        return Sentence(text, clauses, mask, marks, place, bool(_DATE.search(text)))

    def _weigh(self, reading: Reading) -> None:
        """Title first, then what is asked for; history, quoted law, other people's compounds and greetings least."""
        asked = False
        if reading.title:
            reading.title.weight = 3.0 if reading.letter else 2.0
        for index, one in enumerate(reading.sentences):
            one.weight = self._weight(one, index, reading)
            if one.place == "point" and asked:
                one.weight *= 1.4
            elif one.place != "point":
                asked = bool(one.marks & self.request)

    def _weight(self, one: Sentence, index: int, reading: Reading) -> float:
        if index < 2 and len(one.text) <= 30 and _GREETING.match(one.text):
            return 0.2
        weight = 1.0
        if one.marks & self.request and one.place != "point":
            weight *= 1.6
        if index < 3 and reading.letter:
            weight *= 1.3
        for mark, factor in ((self.quoted, 0.5), (self.history, 0.6), (self.elsewhere, 0.5), (self.settled, 0.5)):
            if one.marks & mark:
                weight *= factor
        if reading.letter:
            self._forget_address(one)
        return weight

    def _forget_address(self, one: Sentence) -> None:
        """Where the writer lives is no evidence of what the matter is."""
        for clause in one.clauses:
            if clause.marks & self.address and len(clause.text) <= 26 and len(one.clauses) > 1:
                clause.mask = clause.mask & self.address
                clause.hits = []
        one.mask = 0
        for clause in one.clauses:
            one.mask |= clause.mask


def _headline(text: str) -> tuple[str, str]:
    """A first line that is a headline, and the rest; a greeting ends in a colon and is none."""
    first, newline, rest = text.partition("\n")
    first = first.strip()
    short = 4 <= len(first) <= 32 and newline and rest.strip()
    if short and first[-1] not in "：:，,。！!？?；;" and not _GREETING.match(first):
        return first, rest
    return "", text
