"""The words in which the law counts: ways, bases, shares, effects. The rows are in `thresholds`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from council.i18n import Phrase


class Way(StrEnum):
    """How a body counts, and so which figures it needs."""

    MEETING = "meeting"  # those present show hands or cast papers
    PAPERS = "papers"  # elections and recalls: who took part is who cast a paper
    OWNERS = "owners"  # the same, counted twice: by persons and by area
    UNANIMOUS = "unanimous"  # everybody concerned agrees
    PETITION = "petition"  # signatures that oblige somebody to call a meeting


class Base(StrEnum):
    """Of whom the majority is taken."""

    PRESENT = "present"
    ENTITLED = "entitled"
    PARTICIPATING = "participating"


class Effect(StrEnum):
    """What a result is worth in law."""

    COMMUNITY_DECISION = "COMMUNITY_DECISION"
    ELECTION = "ELECTION"
    OWNERS_DECISION = "OWNERS_DECISION"
    PARTY_INTERNAL = "PARTY_INTERNAL"
    ADVISORY = "ADVISORY"
    CONVENE = "CONVENE"

    @property
    def label(self) -> Phrase:
        return _EFFECTS[self]


class Flag(StrEnum):
    """What whoever reads a result must know besides it."""

    NEEDS_OWNERS_VOTE = "NEEDS_OWNERS_VOTE"
    INDICATIVE = "INDICATIVE"
    NO_PARTY_DISCUSSION = "NO_PARTY_DISCUSSION"
    COMPOSITION = "COMPOSITION"
    CONFIGURED = "CONFIGURED"

    @property
    def label(self) -> Phrase:
        return _FLAGS[self]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a base that must be reached (inclusive) or exceeded (strict)."""

    fraction: Fraction
    strict: bool = False

    def passes(self, count: int, base: int) -> bool:
        """Whether `count` of `base` is enough, compared exactly."""
        wanted = self.fraction * base
        return count > wanted if self.strict else count >= wanted

    def least(self, base: int) -> int:
        """The smallest whole number that passes on `base`."""
        wanted = self.fraction * base
        return wanted.__floor__() + 1 if self.strict else wanted.__ceil__()

    @property
    def sign(self) -> str:
        return "＞" if self.strict else "≥"

    def __str__(self) -> str:
        return f"{self.fraction.numerator}/{self.fraction.denominator}"


@dataclass(frozen=True, slots=True)
class Ahead:
    """How long before a meeting its notice must be out.

    `unit` is "days" (meeting day minus notice day) or "working_days" (lying strictly between the two).
    `temporary`: the law allows short notice for a reason.
    """

    days: int
    unit: str
    temporary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One row: who may decide, by how many of whom, with what effect, under which article.

    `proxies`: for how many others one person may vote on a written authority; none where it is 0.
    """

    id: str
    name: Phrase
    who: Phrase
    sources: tuple[str, ...]
    way: Way
    base: Base
    majority: Share
    effect: Effect
    quorum: Share | None = None
    ahead: Ahead | None = None
    convened_by: Phrase | None = None
    petitions: tuple[str, ...] = ()
    party_discusses_first: bool = False
    representatives: Share | None = None
    women: Share | None = None
    configurable: tuple[str, ...] = ()
    proxies: int = 0

    @property
    def articles(self) -> tuple[Phrase, ...]:
        """The articles the row rests on, in full words."""
        cut = [source.partition(" ") for source in self.sources]
        return tuple(Phrase("%(law)s, art. %(article)s", law=LAWS[law], article=art) for law, _, art in cut)


_EFFECTS = {
    Effect.COMMUNITY_DECISION: Phrase("Decision of the community"),
    Effect.ELECTION: Phrase("Result of an election or recall"),
    Effect.OWNERS_DECISION: Phrase("Decision of the owners"),
    Effect.PARTY_INTERNAL: Phrase("Decision inside the Party organisation"),
    Effect.ADVISORY: Phrase("Advice: it binds nobody by itself"),
    Effect.CONVENE: Phrase("A meeting or vote must be called"),
}
_FLAGS = {
    Flag.NEEDS_OWNERS_VOTE: Phrase("Needs the owners' vote (Civil Code, art. 278)"),
    Flag.INDICATIVE: Phrase("Indicative: it counts once papers or the district's own system confirm it"),
    Flag.NO_PARTY_DISCUSSION: Phrase("The Party organisation has not discussed the matter first"),
    Flag.COMPOSITION: Phrase("The meeting is not composed as the law asks"),
    Flag.CONFIGURED: Phrase("Counted by the council's own charter or the district's setting"),
}

LAWS = {
    "RC": Phrase("Organic Law of Urban Residents' Committees (2025)"),
    "VC": Phrase("Organic Law of Villagers' Committees (2025)"),
    "CC": Phrase("Civil Code"),
    "PM": Phrase("Property Management Regulations"),
    "PB": Phrase("Regulations on the Work of Party Branches"),
}
