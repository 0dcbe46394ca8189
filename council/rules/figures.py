"""Reading the figures of a decision: every key known, every number possible, else a Refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeGuard

from council.refusals import Refusal
from council.rules.law import Share, Threshold, Way

# What took part, per way of counting: the base of the participation and of the sum of the papers.
TOOK_PART = {Way.MEETING: "present", Way.PAPERS: "participating", Way.OWNERS: "participating"}
COUNTED = ("yes", "no", "abstain", "spoiled")
MEDIA = ("paper", "electronic", "district_system")
MEASURES = ("persons", "area_cm2")
BOUND_BY_OWNERS = frozenset({"COMMUNITY_DECISION", "ADVISORY"})


@dataclass(frozen=True, slots=True)
class Count:
    """One measure of a decision: heads, households, or square centimetres."""

    entitled: int
    took_part: int
    yes: int
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Composition:
    """Who makes up a representatives' meeting; `women` counts women among the representatives."""

    committee: int
    representatives: int
    women: int | None = None

    @property
    def members(self) -> int:
        return self.committee + self.representatives


@dataclass(frozen=True, slots=True)
class Figures:
    """What was asked, read."""

    counts: tuple[Count, ...]
    composition: Composition | None = None
    discussed: bool = True
    quorum: Share | None = None
    majority: Share | None = None
    owners_item: int | None = None
    medium: str = ""


def whole(value: Any, field: str, at_least: int = 0, at_most: int | None = None) -> int:
    """`value` as a whole number within its bounds; `true`, 3.0 and "3" are none."""
    if type(value) is not int:
        raise Refusal("This must be a whole number.", field=field)
    if value < at_least or (at_most is not None and value > at_most):
        raise Refusal("This cannot be %(value)s.", field=field, value=value)
    return value


def known(given: Mapping[str, Any], allowed: Sequence[str], within: str = "") -> None:
    """Refuse the first key that is not among those allowed."""
    for key in given:
        if key not in allowed:
            raise Refusal("There is no field of this name here.", field=f"{within}{key}")


def needs(given: Mapping[str, Any], required: Sequence[str], within: str = "") -> None:
    """Refuse the first required key that is not there."""
    for key in required:
        if key not in given:
            raise Refusal("This is missing.", field=f"{within}{key}")


def is_object(value: Any, field: str) -> TypeGuard[Mapping[str, Any]]:
    if not isinstance(value, Mapping):
        raise Refusal("This must be an object.", field=field)
    return True


def read(rule: Threshold, given: Mapping[str, Any]) -> Figures:
    """The figures of a decision by `rule`, checked against each other.

    Keys are those of docs/decide.md. Raises Refusal with the field's name.
    """
    required = _required(rule, given)
    known(given, (*required, *_optional(rule)))
    needs(given, required)
    composition = _composition(rule, given["composition"]) if "composition" in given else None
    return Figures(
        counts=_counts(rule, given, composition),
        composition=composition,
        discussed=_truth(given, "prior_party_discussion"),
        quorum=share(given["quorum"], "quorum") if "quorum" in given else None,
        majority=_majority(rule, given["majority"]) if "majority" in given else None,
        owners_item=whole(given["owners_item"], "owners_item", 1, 9) if "owners_item" in given else None,
        medium=_medium(given),
    )


def _required(rule: Threshold, given: Mapping[str, Any]) -> tuple[str, ...]:
    if rule.way is Way.PETITION:
        return ("entitled", "signatures")
    by_parts = rule.representatives and "composition" in given
    if by_parts and "entitled" in given:
        raise Refusal("Give either entitled or composition, not both.", field="composition")
    took_part = (TOOK_PART[rule.way],) if rule.way in TOOK_PART else ()
    first = ("prior_party_discussion",) if rule.party_discusses_first else ()
    return ("composition" if by_parts else "entitled", *took_part, "yes", *first)


def _optional(rule: Threshold) -> tuple[str, ...]:
    """What may be said besides; the Party's prior discussion may be reported of any meeting."""
    counted = () if rule.way is Way.PETITION else COUNTED
    owners = ("owners_item",) if rule.effect in BOUND_BY_OWNERS else ()
    medium = ("medium",) if rule.way in (Way.OWNERS, Way.UNANIMOUS) else ()
    return (*counted, "prior_party_discussion", *rule.configurable, *owners, *medium)


def _truth(given: Mapping[str, Any], field: str) -> bool:
    value = given.get(field, True)
    if not isinstance(value, bool):
        raise Refusal("This must be true or false.", field=field)
    return value


def _medium(given: Mapping[str, Any]) -> str:
    medium = given.get("medium", "electronic")
    if medium not in MEDIA:
        raise Refusal("This must be one of: %(among)s.", field="medium", among=", ".join(MEDIA))
    return str(medium)


def _composition(rule: Threshold, given: Any) -> Composition:
    assert is_object(given, "composition")
    parts = ("committee", "representatives", "women")
    known(given, parts, "composition.")
    needs(given, parts if rule.women else parts[:2], "composition.")
    committee, representatives = (whole(given[part], f"composition.{part}") for part in parts[:2])
    whole(committee + representatives, "composition", 1)
    women = whole(given["women"], "composition.women", 0, representatives) if "women" in given else None
    return Composition(committee, representatives, women)


def share(given: Any, field: str) -> Share:
    """A `[numerator, denominator, "strict" | "inclusive"]` that some count passes and some count fails."""
    if not isinstance(given, list | tuple) or len(given) != 3 or given[2] not in ("strict", "inclusive"):
        raise Refusal('This must be [number, number, "strict" or "inclusive"].', field=field)
    strict = given[2] == "strict"
    below = whole(given[1], field, 1)
    above = whole(given[0], field, 0 if strict else 1, below - 1 if strict else below)
    return Share(Fraction(above, below), strict)


def _majority(rule: Threshold, given: Any) -> Share:
    """Any majority a charter names; for Party members only the local wording of one half."""
    found = share(given, "majority")
    if rule.id == "FOUR_TWO_MEMBERS" and found.fraction != rule.majority.fraction:
        raise Refusal("This can only be one half here.", field="majority")
    return found


def _counts(rule: Threshold, given: Mapping[str, Any], composition: Composition | None) -> tuple[Count, ...]:
    if rule.way is not Way.OWNERS:
        filled = {**given, "entitled": composition.members} if composition else given
        return (_count(rule, filled),)
    papers = {key: given[key] for key in ("entitled", "participating", *COUNTED) if key in given}
    for key, pair in papers.items():
        assert is_object(pair, key)
        known(pair, MEASURES, f"{key}.")
        needs(pair, MEASURES, f"{key}.")
    return tuple(_count(rule, {key: papers[key][m] for key in papers}, m) for m in MEASURES)


def _count(rule: Threshold, given: Mapping[str, Any], measure: str = "") -> Count:
    suffix = f".{measure}" if measure else ""
    entitled = whole(given["entitled"], f"entitled{suffix}", 1)
    if rule.way is Way.PETITION:
        return Count(entitled, entitled, whole(given["signatures"], "signatures", 0, entitled))
    key = TOOK_PART.get(rule.way, "entitled")
    took_part = whole(given[key], f"{key}{suffix}", 0, entitled)
    papers = {one: whole(given[one], f"{one}{suffix}") for one in COUNTED if one in given}
    _add_up(papers, took_part, suffix)
    if key == "participating" and {"no", "abstain"} <= papers.keys() and sum(papers.values()) != took_part:
        raise Refusal("The papers do not add up to this number.", field=f"{key}{suffix}")
    return Count(entitled, took_part, papers["yes"], measure)


def _add_up(papers: Mapping[str, int], base: int, suffix: str) -> None:
    """Refuse the first paper count that takes the sum above those who could cast one."""
    total = 0
    for key, number in papers.items():
        total += number
        if total > base:
            raise Refusal("That makes more papers than people.", field=f"{key}{suffix}")
