"""City or village: which of the two organic laws holds at a community, that of residents' committees (RC) or of villagers' committees (VC).

The statistical code says it: the last three of its twelve digits are 001–199 and 400–499 for residents' committees and the like, 200–399 and
500–599 for villagers' committees and the like (rules for statistical division codes, National Bureau of Statistics). Without such a code the
name says it: a village ends in 村, but 新村 is how estates of a city are called.
"""

from __future__ import annotations

from collections.abc import Iterable

DIGITS = 12


def village(name: str, code: str = "") -> bool:
    """Does a villagers' committee govern here?"""
    if len(code) == DIGITS and code.isdecimal():
        return int(code[-3:]) // 100 in (2, 3, 5)
    bare = name.removesuffix("村民委员会").removesuffix("村委会")
    return bare != name or (name.endswith("村") and not name.endswith("新村"))


def applies(rule_id: str, places: Iterable[tuple[str, str]]) -> bool:
    """Is this a rule of at least one of the places, given as (name, code)? Rules of no organic law apply everywhere."""
    law = rule_id.removeprefix("PETITION_").partition("_")[0]
    if law not in ("RC", "VC"):
        return True
    return any(village(name, code) == (law == "VC") for name, code in places)
