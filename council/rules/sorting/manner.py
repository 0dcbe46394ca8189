"""How a report is meant: thanks, an enquiry, too little to tell, several topics, and the flags it carries."""

from __future__ import annotations

from functools import cache

from council.rules.affairs import Affair
from council.rules.sorting.book import book
from council.rules.sorting.contest import Claim, claims, strongest
from council.rules.sorting.reading import Clause, Reading, Sentence
from council.rules.sorting.tense import Tense, tenses

FAINT = 0.3  # a claim below this is as good as nothing said
TOPIC = 2.5  # from this strength on a point is a topic of its own
ENOUGH = 7  # signs beside vague words with which something has been told
BRIEF = 130  # longer reports tell a case, they do not merely enquire
ORDER = (Affair.OFFICIAL, Affair.COLLABORATIVE, Affair.HOUSEHOLD)  # of the tests that would decide


@cache
def bit(mark: str) -> int:
    return book().lexicon.bit(mark)


def _marks(parts: list[Sentence]) -> int:
    marks = 0
    for part in parts:
        marks |= part.marks
    return marks


def of(reading: Reading, heard: list[Claim]) -> str:
    """THANKS, ASK, ENQUIRY, OPEN, or nothing for a matter to be weighed."""
    marks = _marks(reading.parts)
    if _thankful(reading, marks):
        return "THANKS"
    best = strongest(heard)
    if best is None or best.score < FAINT:
        return _unheard(reading, marks)
    return "ENQUIRY" if _enquires(reading, marks, best) else ""


def _unheard(reading: Reading, marks: int) -> str:
    """No known word: an enquiry, an unknown matter told at some length (OPEN), or too little to tell."""
    if marks & bit("enquiry"):
        return "ENQUIRY"
    if marks & bit("earlier"):
        return "ASK"
    told = sum(_content(clause) for part in reading.parts for clause in part.clauses)
    return "OPEN" if told >= ENOUGH else "ASK"


def _content(clause: Clause) -> int:
    """Chinese signs of a clause that belong to no vague word."""
    said = set(range(len(clause.text)))
    for hit in clause.hits:
        if hit.bits & bit("vague"):
            said -= set(range(hit.start, hit.start + len(hit.word)))
    return sum("\u4e00" <= clause.text[at] <= "\u9fff" for at in said)


def _thankful(reading: Reading, marks: int) -> bool:
    """Thanks, something good to tell, nothing wanted; a letter that ends politely is no letter of thanks."""
    if not (marks & bit("thanks") and marks & bit("pleased")) or marks & bit("enquiry"):
        return False
    if any(part.marks & bit("wish") and not part.marks & (bit("thanks") | bit("purely")) for part in reading.parts):
        return False
    if marks & bit("purely"):
        return True
    thanking = [part for part in reading.parts if part.marks & bit("thanks")]
    return len(thanking) * 4 >= len(reading.parts) and not marks & bit("turning") & ~bit("thanks")


def thanks(reading: Reading) -> bool:
    """A word of thanks stands somewhere."""
    return bool(_marks(reading.parts) & bit("thanks"))


def unlike_now(reading: Reading) -> bool:
    """Something in it is denied, past, feared or supposed."""
    return bool(_marks(reading.parts) & bit("negation")) or any(tense >= Tense.PAST for told in tenses(reading) for tense in told)


def _enquires(reading: Reading, marks: int, best: Claim) -> bool:
    """Which office, which paper, which procedure; not a wish of the residents and not a complaint."""
    if reading.length > BRIEF or not marks & bit("enquiry"):
        return False
    if best.entry.affair is Affair.HOUSEHOLD and best.entry.by == "row":
        return False
    if best.entry.by == "ruling" or marks & bit("consult"):
        return False
    asked = bit("asking") | (bit("which") if best.entry.affair is Affair.OFFICIAL else 0)
    return bool(marks & asked) and not marks & bit("harm")


def merely_asks(reading: Reading) -> bool:
    """A short question about an office or a paper, whatever it is about."""
    marks = _marks(reading.parts)
    return reading.length <= BRIEF and bool(marks & bit("enquiry")) and bool(marks & bit("asking"))


def questions(reading: Reading) -> tuple[str, ...]:
    """The words that ask."""
    wanted = bit("enquiry") | bit("asking")
    words = [hit.word for s in reading.parts for c in s.clauses for hit in c.hits if hit.bits & wanted]
    return tuple(dict.fromkeys(words))[:6]


def _topic(sentence: Sentence) -> tuple[str, Affair] | None:
    """The affair of one point, if it speaks clearly enough to be a topic."""
    if sentence.marks & bit("settled"):
        return None
    best = strongest([c for c in claims([sentence]) if c.entry.by != "test"])
    if best is None or best.entry.affair is None or best.score / sentence.weight < TOPIC:
        return None
    return sentence.text, best.entry.affair


def topics(reading: Reading) -> list[tuple[str, Affair]]:
    """The parts of a report that carries several topics of different affairs; [] when it has one."""
    if not _several(reading):
        return []
    found = [topic for topic in map(_topic, reading.sentences) if topic]
    return found if len({affair for _, affair in found}) > 1 else []


def _several(reading: Reading) -> bool:
    """The writer says so, or numbers the points without calling them requests and without naming one subject."""
    if _marks(reading.parts) & bit("several"):
        return True
    if reading.title and _topic(reading.title):
        return False
    points = [part for part in reading.sentences if part.place == "point"]
    before = [part for part in reading.sentences if part.place != "point"]
    wishes = any(part.marks & bit("request") for part in before[:-1] if part.text.endswith(("：", ":")))
    return len(points) > 1 and not wishes


def beside(reading: Reading, told: set[str]) -> list[tuple[str, Affair]]:
    """The other topics of a report with an emergency in the sentences `told`."""
    points = sum(part.place == "point" for part in reading.sentences)
    if points < 2 and not _marks(reading.parts) & bit("several"):
        return []
    return [topic for topic in map(_topic, reading.sentences) if topic and topic[0] not in told]


def chief(reading: Reading, parts: list[tuple[str, Affair]]) -> Affair | None:
    """Of several topics the one the writer calls main: by the title, by saying so; else the earliest test.

    None when the writer says that one is main but not clearly which: the whole report must tell.
    """
    if not parts:
        return None
    called = [reading.title] if reading.title else []
    called += [part for part in reading.sentences if part.marks & bit("chiefly")]
    for part in called:
        if topic := _topic(part):
            return topic[1]
    if len(called) > bool(reading.title):
        return None
    counts = {affair: sum(one is affair for _, one in parts) for affair in ORDER}
    most = max(counts.values())
    if most * 2 > len(parts):
        return next(affair for affair in ORDER if counts[affair] == most)
    return next(affair for affair in ORDER if counts[affair])


def flags(reading: Reading, decisive: Claim, supporting: list[Claim], split: bool) -> tuple[str, ...]:
    """The flags of a weighed report, in a fixed order."""
    marks = _marks(reading.parts)
    best = max(claim.score for claim in supporting)
    of_rows = {flag for claim in supporting if claim.score >= 0.5 * best for flag in claim.entry.flags}
    raised = {
        "SAFETY": "SAFETY" in of_rows or marks & bit("danger"),
        "URGENT": "URGENT" in of_rows or marks & bit("pressing"),
        "SPLIT": split,
        "REPEATED": marks & bit("repeated"),
        "NEEDS_OWNERS_VOTE": "NEEDS_OWNERS_VOTE" in of_rows and decisive.entry.affair is Affair.COLLABORATIVE,
    }
    return tuple(flag for flag, up in raised.items() if up)
