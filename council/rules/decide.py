"""What a vote, an election, a petition came to: the law's arithmetic, exact, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from council.i18n import Phrase
from council.rules.figures import Composition, Count, Figures, read
from council.rules.law import Base, Effect, Flag, Share, Threshold, Way
from council.rules.thresholds import threshold

Number = int | dict[str, int]
Words = Mapping[str, Phrase]

_MET, _NOT_MET = Phrase("met"), Phrase("not met")
_DISCUSSED = Phrase("The Party organisation discussed it first: met")
_NOT_DISCUSSED = Phrase("The Party organisation must discuss it first: not met")
_MAKEUP = {
    "representatives": Phrase(
        "Representatives among the members %(count)s/%(base)s, "
        "must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
    "women": Phrase(
        "Women representatives among the members %(count)s/%(base)s, "
        "must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
}
_PRESENT: Words = {
    "": Phrase(
        "Present: %(who)s %(count)s/%(base)s, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    )
}
_TAKING_PART: Words = {
    "": Phrase(
        "Taking part: %(who)s %(count)s/%(base)s, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
    "persons": Phrase(
        "Owners taking part %(count)s/%(base)s, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
    "area_cm2": Phrase(
        "Area taking part %(count)s/%(base)s m², must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
}
_ADVISING: Words = {
    "": Phrase(
        "Took part: %(who)s %(count)s/%(base)s, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    )
}
_TOOK_PART = Phrase("Took part: %(who)s %(count)s/%(base)s; for advice no number is prescribed")
_IN_FAVOUR: Mapping[Base, Words] = {
    Base.PRESENT: {
        "": Phrase(
            "In favour %(count)s/%(base)s of those present, "
            "must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
        )
    },
    Base.ENTITLED: {
        "": Phrase(
            "In favour %(count)s/%(base)s of all entitled, "
            "must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
        )
    },
    Base.PARTICIPATING: {
        "": Phrase(
            "In favour %(count)s/%(base)s of those voting, "
            "must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
        ),
        "persons": Phrase(
            "Owners in favour %(count)s/%(base)s of those voting, "
            "must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
        ),
        "area_cm2": Phrase(
            "Area in favour %(count)s/%(base)s m² of those voting, "
            "must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
        ),
    },
}
# Of votes between options: what stands behind that which was chosen, in the words of the way of voting.
_BEHIND: Mapping[Base, Phrase] = {
    Base.PRESENT: Phrase(
        "%(what)s %(count)s/%(base)s of those present, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
    Base.ENTITLED: Phrase(
        "%(what)s %(count)s/%(base)s of all entitled, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
    Base.PARTICIPATING: Phrase(
        "%(what)s %(count)s/%(base)s of those voting, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    ),
}
_ALL_AGREE = {
    "": Phrase("Agreeing: %(who)s %(count)s/%(base)s, all must agree, that is %(least)s: %(verdict)s")
}
_SIGNED = {
    "": Phrase(
        "Signed by %(who)s %(count)s/%(base)s, must be %(sign)s %(share)s, that is %(least)s: %(verdict)s"
    )
}
RESULTS = {True: Phrase("Carried"), False: Phrase("Not carried"), None: Phrase("No valid result")}
_WORDS: Mapping[Way, Words] = {Way.PETITION: _SIGNED, Way.UNANIMOUS: _ALL_AGREE}


@dataclass(frozen=True, slots=True)
class Decision:
    """A result. `quorate` is None where no attendance is asked; `carried` unless lawful and quorate.

    `needed` and `quorum` are the smallest whole numbers that pass: of votes or signatures on the base
    given, and of those taking part. For owners both are `{"persons", "area_cm2"}`.
    """

    rule: str
    lawful: bool
    quorate: bool | None
    carried: bool | None
    legal_effect: Effect
    needed: Number
    quorum: Number | None
    arithmetic: tuple[Phrase, ...]
    flags: tuple[Flag, ...]

    def as_json(self) -> dict[str, Any]:
        """The documented object of docs/decide.md, its sentences in the language being spoken."""
        return {
            "lawful": self.lawful,
            "quorate": self.quorate,
            "carried": self.carried,
            "legal_effect": self.legal_effect.value,
            "needed": self.needed,
            "arithmetic": [str(sentence) for sentence in self.arithmetic],
            "flags": [flag.value for flag in self.flags],
        }


def decide(rule_id: str, figures: Mapping[str, Any], what: Phrase | None = None) -> Decision:
    """The result of `figures` under a rule; keys as in docs/decide.md. A Refusal names the field at fault.

    `what`: whose votes `yes` counts where the vote was between options, for the sentences alone.
    """
    row = threshold(rule_id)
    asked = read(row, figures)
    rule = replace(row, quorum=asked.quorum or row.quorum, majority=asked.majority or row.majority)
    lawful = asked.discussed or not rule.party_discusses_first
    lawful = lawful and all(met for _, met in _makeup(rule, asked.composition))
    quorate = _quorate(rule, asked.counts)
    counted = all(rule.majority.passes(count.yes, _base(rule, count)) for count in asked.counts)
    return Decision(
        rule=rule.id,
        lawful=lawful,
        quorate=quorate,
        carried=counted if lawful and quorate is not False and not _unanswered(rule, asked.counts) else None,
        legal_effect=rule.effect,
        needed=_number((c, rule.majority.least(_base(rule, c))) for c in asked.counts),
        quorum=_number((c, rule.quorum.least(c.entitled)) for c in asked.counts) if rule.quorum else None,
        arithmetic=tuple(_arithmetic(rule, asked, what)),
        flags=tuple(flag for flag in Flag if flag in set(_flags(rule, asked))),
    )


def _base(rule: Threshold, count: Count) -> int:
    return count.entitled if rule.base is Base.ENTITLED else count.took_part


def _quorate(rule: Threshold, counts: tuple[Count, ...]) -> bool | None:
    quorum = rule.quorum
    return all(quorum.passes(count.took_part, count.entitled) for count in counts) if quorum else None


def _unanswered(rule: Threshold, counts: tuple[Count, ...]) -> bool:
    """Advice that nobody gave is no advice."""
    return _advising(rule) and not any(count.took_part for count in counts)


def _advising(rule: Threshold) -> bool:
    return rule.way is Way.PAPERS and rule.effect is Effect.ADVISORY


def _number(counts: Iterator[tuple[Count, int]]) -> Number:
    found = {count.measure: number for count, number in counts}
    return found.get("", found)


def _makeup(rule: Threshold, parts: Composition | None) -> Iterator[tuple[Phrase, bool]]:
    """Whether a representatives' meeting is made up as RC 28 or VC 29 ask, part by part."""
    asked = ((rule.representatives, "representatives"), (rule.women, "women"))
    for wanted, who in asked if parts else ():
        count = getattr(parts, who)
        if wanted and parts and count is not None:
            met = wanted.passes(count, parts.members)
            yield _sentence(_MAKEUP[who], wanted, count, parts.members), met


def _flags(rule: Threshold, asked: Figures) -> Iterator[Flag]:
    if asked.owners_item:
        yield Flag.NEEDS_OWNERS_VOTE
    if rule.effect is Effect.OWNERS_DECISION and asked.medium == "electronic":
        yield Flag.INDICATIVE
    if rule.party_discusses_first and not asked.discussed:
        yield Flag.NO_PARTY_DISCUSSION
    if not all(met for _, met in _makeup(rule, asked.composition)):
        yield Flag.COMPOSITION
    if asked.quorum or asked.majority:
        yield Flag.CONFIGURED


def _arithmetic(rule: Threshold, asked: Figures, what: Phrase | None) -> Iterator[Phrase]:
    """Each comparison as a sentence: 到会户代表 312/450，须 ≥ 2/3，即 300：满足. `what` of options there are votes behind."""
    if rule.party_discusses_first:
        yield _DISCUSSED if asked.discussed else _NOT_DISCUSSED
    yield from (sentence for sentence, _ in _makeup(rule, asked.composition))
    if _advising(rule) and not rule.quorum:
        yield from (Phrase(_TOOK_PART.message, who=rule.who, count=str(c.took_part), base=str(c.entitled)) for c in asked.counts)
    for count in asked.counts if rule.quorum else ():
        assert rule.quorum
        words = _PRESENT if rule.way is Way.MEETING else _ADVISING if _advising(rule) else _TAKING_PART
        yield _sentence(
            words[count.measure], rule.quorum, count.took_part, count.entitled, rule.who, count.measure
        )
    for count in asked.counts:
        words = _WORDS.get(rule.way) or _IN_FAVOUR[rule.base]
        said = _BEHIND[rule.base] if what else words[count.measure]
        yield _sentence(said, rule.majority, count.yes, _base(rule, count), what or rule.who, count.measure)


def _sentence(
    words: Phrase, wanted: Share, count: int, base: int, who: Phrase | str = "", measure: str = ""
) -> Phrase:
    number = square_metres if measure == "area_cm2" else str
    return Phrase(
        words.message,
        who=who,
        what=who,
        count=number(count),
        base=number(base),
        sign=wanted.sign,
        share=wanted,
        least=number(wanted.least(base)),
        verdict=_MET if wanted.passes(count, base) else _NOT_MET,
    )


def square_metres(area_cm2: int) -> str:
    """16,850.00 for 168,500,000 cm²: two decimals, four where they are needed."""
    metres, rest = divmod(area_cm2, 10_000)
    return f"{metres:,}.{rest // 100:02d}" if rest % 100 == 0 else f"{metres:,}.{rest:04d}"
