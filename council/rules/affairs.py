"""The three affairs (三事), the three meetings that take them up (三会), and who answers for what.

Names as used in Chongqing (Chongqing Daily, 14 September 2023): 公事、共事、家事;
街道联席会议、社区评议会、网格邻里会.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from council.i18n import Phrase


class Level(StrEnum):
    """Where a matter is handled. It may rise or be sent down while the affair stays what it is."""

    STREET = "STREET"
    COMMUNITY = "COMMUNITY"
    GRID = "GRID"

    @property
    def label(self) -> Phrase:
        return _LEVELS[self]


class Affair(StrEnum):
    """The nature of a matter."""

    OFFICIAL = "OFFICIAL"
    COLLABORATIVE = "COLLABORATIVE"
    HOUSEHOLD = "HOUSEHOLD"

    @property
    def label(self) -> Phrase:
        return _FACES[self].label

    @property
    def meaning(self) -> Phrase:
        """One sentence a resident understands."""
        return _FACES[self].meaning

    @property
    def level(self) -> Level:
        """The level that takes it up first."""
        return _FACES[self].level

    @property
    def meeting_kind(self) -> str:
        """Identifier of the kind of meeting, as in `council.rules.kinds`."""
        return _FACES[self].meeting_kind

    @property
    def meeting(self) -> Phrase:
        return _FACES[self].meeting

    @property
    def convenor(self) -> Phrase:
        """The Party organisation that calls and chairs the meeting."""
        return _FACES[self].convenor

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Older or local names of the affair, accepted as input."""
        return _FACES[self].synonyms

    @property
    def responsibilities(self) -> tuple[Responsibility, ...]:
        """The eight items of the responsibility list for this affair."""
        return RESPONSIBILITIES[self]


@dataclass(frozen=True, slots=True)
class Face:
    """What an affair shows of itself."""

    label: Phrase
    meaning: Phrase
    level: Level
    meeting_kind: str
    meeting: Phrase
    convenor: Phrase
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One item of the list; `rows` are the numbers of the table it is drawn from (`data/rows.toml`)."""

    text: Phrase
    rows: tuple[int, ...]


_LEVELS: Mapping[Level, Phrase] = {
    Level.STREET: Phrase("Street"),
    Level.COMMUNITY: Phrase("Community"),
    Level.GRID: Phrase("Grid"),
}

_FACES: Mapping[Affair, Face] = {
    Affair.OFFICIAL: Face(
        Phrase("Official matter"),
        Phrase("It needs the power of an authority, public money or a public utility."),
        Level.STREET,
        "street_joint_meeting",
        Phrase("Street joint meeting"),
        Phrase("Street Party working committee"),
        ("公事", "大事", "政务事", "公共服务事项"),
    ),
    Affair.COLLABORATIVE: Face(
        Phrase("Collaborative matter"),
        Phrase("It concerns what residents share: they settle it together."),
        Level.COMMUNITY,
        "community_review_council",
        Phrase("Community review council"),
        Phrase("Community Party organisation"),
        ("共事", "小事", "小区公共事务", "村居事"),
    ),
    Affair.HOUSEHOLD: Face(
        Phrase("Household matter"),
        Phrase("It concerns one household, or two who can be named."),
        Level.GRID,
        "grid_neighbourhood_meeting",
        Phrase("Grid neighbourhood meeting"),
        Phrase("Grid Party organisation"),
        ("家事", "私事", "邻里事"),
    ),
}

# The list of Jiangjin is not published item by item: this one is an example of ours, to be replaced by
# each street.
EXAMPLE = Phrase("Example of this system; every street may set its own list.")

RESPONSIBILITIES: Mapping[Affair, tuple[Responsibility, ...]] = {
    Affair.OFFICIAL: (
        Responsibility(Phrase("Water, power, gas and heating failing in a whole area"), (1, 4, 6, 8)),
        Responsibility(
            Phrase("Streets, pavements, manhole covers, street lamps and public drains"), (10, 12, 14)
        ),
        Responsibility(Phrase("Trees, refuse collection and dumped rubble in the street"), (25, 28, 30)),
        Responsibility(Phrase("Illegal building, group lets and blocked fire lanes"), (21, 31, 66)),
        Responsibility(Phrase("Shops: smoke, noise, pavement stalls and dangerous goods"), (32, 33)),
        Responsibility(Phrase("Allowances, insurance, registration and certificates"), (57, 58, 59, 60)),
        Responsibility(Phrase("Schools, buses and traffic order"), (19, 67, 68, 69)),
        Responsibility(Phrase("Approval and funds for renewing old estates"), (51,)),
    ),
    Affair.COLLABORATIVE: (
        Responsibility(Phrase("Parking places, rules and charges inside the compound"), (17, 18)),
        Responsibility(Phrase("Trees, lawns and shared ground"), (24, 26)),
        Responsibility(Phrase("Sorting and placing household waste"), (27,)),
        Responsibility(
            Phrase("Stairs, roofs, drains, lamps and paths of the compound"), (11, 13, 15, 29, 38)
        ),
        Responsibility(Phrase("Lifts, gates, cameras and charging sheds"), (22, 23, 42, 43, 53)),
        Responsibility(
            Phrase("Property company, owners' committee, fees, repair fund and shared income"), (44, 45, 46, 48, 49)
        ),
        Responsibility(Phrase("Order among neighbours: dogs, square dancing, residents' pact"), (34, 39, 71)),
        Responsibility(Phrase("Fitness ground, canteen, events and choices in a renewal"), (50, 52, 55, 70)),
    ),
    Affair.HOUSEHOLD: (
        Responsibility(Phrase("Taps, pipes, sockets and drains inside the home"), (3, 5, 9, 16)),
        Responsibility(Phrase("Water coming through from the neighbour above"), (37,)),
        Responsibility(Phrase("Noise between two households"), (35,)),
        Responsibility(Phrase("A neighbour's camera, shoes or car at the door"), (20, 54)),
        Responsibility(Phrase("Family quarrels and care of parents"), (62,)),
        Responsibility(Phrase("Loans, inheritance, rent and deposits"), (64, 65)),
        Responsibility(Phrase("One household's fee dispute with the property company"), (47,)),
        Responsibility(Phrase("Visits and help for somebody living alone"), (56,)),
    ),
}


def named(word: str) -> Affair | None:
    """The affair meant by an identifier or any of its Chinese names; None when it is none of them."""
    asked = word.strip()
    for affair, face in _FACES.items():
        if asked.upper() == affair.value or asked in face.synonyms:
            return affair
    return None
