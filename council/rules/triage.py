"""What affair a report is, and why: a suggestion that a person confirms or corrects.

Order (settled for this system): emergencies and bodies that must act alone (T0), rulings, the best row of the table, then the
tests T1–T4 asked of what the writer wants done. Row and tests agree: confidence high; they differ: the row's affair, the
tests' affair second, confidence at most one half. What earlier reports sound like (sorting/experience.py) is weighed against
the book: the book knows the law, experience has more words. Nothing is decided by the machine alone (PIPL art. 24).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import exp

from council.i18n import DEFAULT, Phrase, language
from council.rules.affairs import Affair, Level
from council.rules.sorting import emergencies, manner
from council.rules.sorting.contest import Claim, claims, read, standing, strongest
from council.rules.sorting.experience import BRIEF, Impression, evidence, impression, weighed
from council.rules.sorting.reading import Reading

HALF = Fraction(1, 2)
FLAGS = ("SAFETY", "URGENT", "ENQUIRY", "SPLIT", "THANKS", "ASK", "REPEATED", "NEEDS_OWNERS_VOTE")
MATTER = 3.0  # from this strength on a row or ruling has heard a matter
WEAK_ROW = 1.6  # below this a row does not outweigh the tests
HELD = -3.0  # logarithm: a short cry that the book has heard is believed unless experience thinks it less likely than one in twenty


@dataclass(frozen=True, slots=True)
class Name:
    """A name out of the data, in the reader's language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if language() == DEFAULT or not self.en else self.en


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: by "ruling", "row" or "test"; the test's name or None; the words matched; the sentence for people."""

    by: str
    test: str | None
    words: tuple[str, ...]
    text: Phrase


@dataclass(frozen=True, slots=True)
class Part:
    """One topic of a report that carries several."""

    text: str
    affair: Affair


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the sorter proposes. `affair` is None for hand-offs, thanks and when too little is told.

    `handoff`: ids of `bodies.HANDOFF_NUMBERS`, most urgent first. `confidence`: 0 to 1.
    """

    affair: Affair | None
    handoff: tuple[str, ...] = ()
    secondary: tuple[Affair, ...] = ()
    flags: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    confidence: Fraction = Fraction(0)
    parts: tuple[Part, ...] = ()

    @property
    def level(self) -> Level | None:
        """The level of the affair: street, community, grid."""
        return self.affair.level if self.affair else None


def suggest(text: str, title: str = "") -> Suggestion:
    """The suggestion for a report in the resident's own words; never raises, whatever the signs."""
    book, heard = _by_the_book(text, title), impression(text, title)
    called = _called(book)
    likelihood = weighed(evidence(heard, called, float(book.confidence), len(text)))
    likeliest = max(likelihood, key=lambda one: likelihood[one])
    if likeliest == called or (len(text) < BRIEF and _stands(book, likelihood["HANDOFF"], text, title)):
        return replace(book, handoff=heard.bodies(book.handoff)) if book.handoff else book
    confidence = min(HALF, Fraction(round(100 * exp(likelihood[likeliest])), 100))
    words = heard.words(likeliest, called, text)
    if likeliest == "null":
        return _nothing_asked(read(text, title), words, confidence)
    if likeliest == "HANDOFF":
        return _alarmed(book, heard, words, confidence)
    return _otherwise(book, Affair(likeliest), words, confidence)


def _stands(book: Suggestion, alarm: float, text: str, title: str) -> bool:
    """In a few words the book's emergency stands, and its affair where something is denied, past or feared: it hears what experience does not."""
    return alarm > HELD if book.handoff else manner.unlike_now(read(text, title))


def _called(suggestion: Suggestion) -> str:
    """The class of a suggestion as experience names it."""
    return suggestion.affair.value if suggestion.affair else "HANDOFF" if suggestion.handoff else "null"


def _alarmed(book: Suggestion, heard: Impression, words: tuple[str, ...], confidence: Fraction) -> Suggestion:
    """An emergency that the book has not heard: its affair second, both reasons."""
    reason = Reason("test", "T0", words, Phrase("Emergencies were told in such words: outside help first."))
    secondary = (book.affair,) if book.affair else ()
    return Suggestion(None, heard.bodies(), secondary, ("URGENT",), (reason, *book.reasons), confidence, book.parts)


def _otherwise(book: Suggestion, affair: Affair, words: tuple[str, ...], confidence: Fraction) -> Suggestion:
    """Another affair than the book's: that one second, both reasons."""
    reason = Reason("test", "T5", words, Phrase("People sorted reports in such words so: %(affair)s.", affair=affair.label))
    flags = tuple(flag for flag in book.flags if flag in ("SAFETY", "SPLIT", "REPEATED"))
    secondary = (book.affair,) if book.affair else ()
    return replace(book, affair=affair, handoff=(), secondary=secondary, flags=flags, reasons=(reason, *book.reasons), confidence=confidence)


def _nothing_asked(reading: Reading, words: tuple[str, ...], confidence: Fraction) -> Suggestion:
    """Thanks, or words that tell of no matter, where the book has found one."""
    kind = _thanks() if manner.thanks(reading) else _ask()
    reason = Reason("test", "T5", words, kind.reasons[0].text)
    return replace(kind, reasons=(reason,), confidence=confidence)


def _by_the_book(text: str, title: str) -> Suggestion:
    """What rulings, rows and tests say."""
    reading = read(text, title)
    heard = claims(reading.parts)
    matter = any(claim.entry.by != "test" and claim.score >= MATTER for claim in heard)
    alarms = [alarm for alarm in emergencies.alarms(reading) if not (matter and alarm.kind.alone)]
    if any(alarm.now or alarm.kind.always for alarm in alarms) or (alarms and not manner.merely_asks(reading)):
        return _hand_off(reading, alarms, heard)
    special = manner.of(reading, heard)
    if special == "THANKS":
        return _thanks()
    if special == "ASK":
        return _ask()
    if special == "OPEN":
        return _open()
    if special == "ENQUIRY":
        return _enquiry(reading, heard)
    return _weighed(reading, heard)


def _hand_off(reading: Reading, alarms: list[emergencies.Alarm], heard: list[Claim]) -> Suggestion:
    numbers = tuple(dict.fromkeys(number for alarm in alarms for number in alarm.kind.numbers))
    reasons = tuple(
        Reason("test", "T0", alarm.words, Phrase("Outside help first: %(what)s.", what=Name(alarm.kind.zh, alarm.kind.en)))
        for alarm in alarms
    )
    urgent = () if all(alarm.kind.always for alarm in alarms) else ("URGENT",)
    parts = tuple(Part(said, one) for said, one in manner.beside(reading, {alarm.text for alarm in alarms}))
    second = strongest(heard)
    likely = second.entry.affair if second and second.score >= WEAK_ROW else None
    secondary = tuple(dict.fromkeys(one for one in (likely, *(part.affair for part in parts)) if one))
    flags = (*urgent, "SPLIT") if parts else urgent
    return Suggestion(None, numbers, secondary, flags, reasons, Fraction(19, 20), parts)


def _thanks() -> Suggestion:
    said = Phrase("Thanks without a request: recorded as feedback.")
    return Suggestion(None, flags=("THANKS",), reasons=(Reason("ruling", None, (), said),), confidence=Fraction(9, 10))


def _ask() -> Suggestion:
    said = Phrase("Too little is told: ask what, where and since when.")
    return Suggestion(None, flags=("ASK",), reasons=(Reason("ruling", None, (), said),), confidence=Fraction(1, 5))


def _open() -> Suggestion:
    said = Phrase("No known word decides: a person must read it. What fits nowhere else is mostly for an authority.")
    others = (Affair.COLLABORATIVE, Affair.HOUSEHOLD)
    return Suggestion(Affair.OFFICIAL, (), others, (), (Reason("test", "T5", (), said),), Fraction(1, 5))


def _enquiry(reading: Reading, heard: list[Claim]) -> Suggestion:
    said = Phrase("A question about an office, a paper or a procedure: answered without a meeting.")
    best = strongest(heard)
    affair = best.entry.affair if best else None
    others = (affair,) if affair and affair is not Affair.OFFICIAL else ()
    reason = Reason("ruling", None, manner.questions(reading), said)
    return Suggestion(Affair.OFFICIAL, (), others, ("ENQUIRY",), (reason,), Fraction(4, 5))


def _weighed(reading: Reading, heard: list[Claim]) -> Suggestion:
    """The contest of rulings, rows and tests."""
    ranks = standing(heard)
    parts = manner.topics(reading)
    affair = manner.chief(reading, parts) or max(ranks, key=lambda one: ranks[one])
    decisive = _decisive(heard, affair)
    tests = standing([c for c in heard if c.entry.by == "test"])
    asked = max(tests, key=lambda one: tests[one]) if tests else affair
    secondary = _secondary(affair, asked, decisive, ranks)
    flags = manner.flags(reading, decisive, [c for c in heard if c.entry.affair is affair], bool(parts))
    return Suggestion(
        affair, (), secondary, flags, _reasons(heard, decisive, affair), _confidence(affair, asked, decisive, ranks),
        tuple(Part(said, one) for said, one in parts),
    )


def _decisive(heard: list[Claim], affair: Affair) -> Claim:
    """The claim named first: ruling before row before test, when it is strong enough to have decided."""
    best = max((c for c in heard if c.entry.affair is affair), key=lambda c: c.score)
    for by in ("ruling", "row"):
        claim = strongest(heard, affair, by)
        if claim and claim.score >= best.score * 0.5:
            return claim
    return best


def _secondary(affair: Affair, asked: Affair, decisive: Claim, ranks: dict[Affair, float]) -> tuple[Affair, ...]:
    """The tests' affair if it differs, the usual second of the row, and whatever came close."""
    others = [asked, decisive.entry.second]
    others += [one for one, rank in sorted(ranks.items(), key=lambda item: -item[1]) if rank > 0.4 * ranks[affair]]
    return tuple(dict.fromkeys(one for one in others if one and one is not affair))


def _confidence(affair: Affair, asked: Affair, decisive: Claim, ranks: dict[Affair, float]) -> Fraction:
    """High when row and tests agree and nothing came near; never above one half when they differ."""
    nearest = max((rank for one, rank in ranks.items() if one is not affair), default=0.0)
    margin = Fraction(round(100 * max(0.0, ranks[affair] - nearest) / (ranks[affair] + 0.01)), 100)
    if decisive.entry.by == "test":
        return min(HALF, Fraction(1, 4) + margin / 4)
    if decisive.entry.by == "row" and asked is not affair:
        return min(HALF, Fraction(3, 10) + margin / 5)
    return Fraction(11, 20) + margin * Fraction(2, 5)


def _reasons(heard: list[Claim], decisive: Claim, affair: Affair) -> tuple[Reason, ...]:
    """What decided, then the next that spoke for it, then the strongest that spoke against it."""
    for_it = sorted((c for c in heard if c.entry.affair is affair and c is not decisive), key=lambda c: -c.score)
    against = sorted((c for c in heard if c.entry.affair is not affair), key=lambda c: -c.score)
    chosen = [decisive, *for_it[:1], *[c for c in against[:1] if c.score > 0.4 * decisive.score]]
    return tuple(_reason(claim, affair) for claim in chosen)


def _reason(claim: Claim, affair: Affair) -> Reason:
    entry = claim.entry
    what = Name(entry.zh, entry.en)
    label = entry.affair.label if entry.affair else ""
    if entry.by == "ruling":
        said = Phrase("Ruling: %(what)s → %(affair)s.", what=what, affair=label)
    elif entry.by == "row":
        said = Phrase("Row %(row)s of the table: %(what)s → %(affair)s.", row=entry.name, what=what, affair=label)
    else:
        said = Phrase("Test %(test)s: %(what)s → %(affair)s.", test=entry.test, what=what, affair=label)
    return Reason(entry.by, entry.test or None, tuple(claim.words)[:8], said)
