"""The kinds of meeting: who calls, who chairs, who sits in, by which rule it decides, what that is worth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.affairs import Affair, Level
from council.rules.law import Ahead, Effect
from council.rules.thresholds import threshold


class Capacity(StrEnum):
    """What a seat may do in the room."""

    MEMBER = "MEMBER"  # speaks, votes, counts for the quorum
    OBSERVER = "OBSERVER"  # speaks, does not vote (RC 28)
    SUPERVISOR = "SUPERVISOR"  # reads and attends, does not vote (RC 36)

    @property
    def label(self) -> Phrase:
        return _CAPACITIES[self]


_CAPACITIES = {
    Capacity.MEMBER: Phrase("Member"),
    Capacity.OBSERVER: Phrase("Observer"),
    Capacity.SUPERVISOR: Phrase("Supervisor"),
}


@dataclass(frozen=True, slots=True)
class Called:
    """A group to invite, coded by its office where there is one.

    `duty`: it must send somebody when the matter concerns it (RC 46).
    """

    code: str
    name: Phrase
    capacity: Capacity = Capacity.MEMBER
    duty: bool = False


@dataclass(frozen=True, slots=True)
class Chair:
    """The chair comes from an office in an organisation of the meeting's level, never from a choice."""

    office: str
    organisation: str
    name: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of meeting. The first of `rules` decides unless the caller names another of them."""

    code: str
    name: Phrase
    level: Level
    chair: Chair
    rules: tuple[str, ...]
    called: tuple[Called, ...]
    rhythm: Phrase
    affair: Affair | None = None
    private: bool = False

    @property
    def rule_id(self) -> str:
        return self.rules[0]

    @property
    def witnesses(self) -> int:
        """How many residents' representatives approve the minutes: two where the kind calls any as members, else none."""
        return WITNESSES if any(one.code in RESIDENT_VOICES and one.capacity is Capacity.MEMBER for one in self.called) else 0

    @property
    def effect(self) -> Effect:
        """What its decisions are worth in law."""
        return threshold(self.rule_id).effect

    @property
    def ahead(self) -> Ahead:
        """How long before the meeting the notice must be out."""
        ahead = threshold(self.rule_id).ahead
        assert ahead is not None
        return ahead

    def rule(self, rule_id: str = "") -> str:
        """`rule_id` if this kind may decide by it, its own first rule if none is named; else a Refusal."""
        if rule_id and rule_id not in self.rules:
            raise Refusal("A %(kind)s does not decide by that rule.", field="rule", kind=self.name)
        return rule_id or self.rule_id

    def private_for(self, affair: Affair | str | None) -> bool:
        """Whether such a meeting on a matter of this affair is closed to everybody not invited."""
        return self.private and affair == Affair.HOUSEHOLD


WITNESSES = 2
# Elected for themselves, or members of the Party with a vote of their own: nobody sits or votes in their place.
PERSONAL = frozenset({"RC_REPS", "VC_REPS", "PARTY_BRANCH", "FOUR_TWO_MEMBERS"})
RESIDENT_VOICES = frozenset({"resident_representative", "household_representative"})
UNITS = Called("unit_representative", Phrase("Resident units"), duty=True)
UNIT_OBSERVERS = Called("unit_representative", Phrase("Resident units"), Capacity.OBSERVER, duty=True)
REPRESENTATIVES = Called("resident_representative", Phrase("Resident representatives"))
PARTY_REPRESENTATIVES = Called("party_representative", Phrase("Party member representatives"))
GRID_HEADS = Called("grid_head", Phrase("Grid heads"))
PROPERTY = Called("property_manager", Phrase("Property company"))
OWNERS_COMMITTEE = Called("owners_committee_head", Phrase("Owners' committee"))
COMMITTEE = Called("committee_member", Phrase("Members of the residents' committee"))
RESIDENTS = Called("resident", Phrase("Residents"), Capacity.OBSERVER)
SUPERVISION = Called("supervisor", Phrase("Supervision committee"), Capacity.SUPERVISOR)

STREET_SECRETARY = Chair(
    "secretary", "working_committee", Phrase("Secretary of the street Party working committee")
)
COMMUNITY_SECRETARY = Chair("secretary", "committee", Phrase("Secretary of the community Party organisation"))
GRID_SECRETARY = Chair("secretary", "branch", Phrase("Secretary of the grid Party branch"))
DIRECTOR = Chair("director", "residents_committee", Phrase("Director of the residents' committee"))
OWNERS_CHAIR = Chair("owners_committee_head", "owners_committee", Phrase("Head of the owners' committee"))

NEEDED = Phrase("Whenever needed")

_ROWS = (
    Kind(
        code="street_joint_meeting",
        name=Phrase("Street joint meeting"),
        level=Level.STREET,
        affair=Affair.OFFICIAL,
        chair=STREET_SECRETARY,
        rules=("DELIBERATION",),
        called=(
            Called("department_officer", Phrase("Departments and stations")),
            Called("utility", Phrase("Public utilities")),
            Called("community_secretary", Phrase("Community secretaries")),
            UNITS,
            SUPERVISION,
        ),
        rhythm=Phrase("In principle every quarter"),
    ),
    Kind(
        code="community_review_council",
        name=Phrase("Community review council"),
        level=Level.COMMUNITY,
        affair=Affair.COLLABORATIVE,
        chair=COMMUNITY_SECRETARY,
        rules=("DELIBERATION",),
        called=(GRID_HEADS, PROPERTY, REPRESENTATIVES, OWNERS_COMMITTEE, UNITS, RESIDENTS, SUPERVISION),
        rhythm=Phrase("In principle every month"),
    ),
    Kind(
        code="grid_neighbourhood_meeting",
        name=Phrase("Grid neighbourhood meeting"),
        level=Level.GRID,
        affair=Affair.HOUSEHOLD,
        chair=GRID_SECRETARY,
        rules=("DELIBERATION",),
        called=(
            Called("concerned", Phrase("Residents concerned")),
            Called("grid_worker", Phrase("Grid worker")),
            Called("building_head", Phrase("Building head")),
            Called("centre_household", Phrase("Party member centre household")),
            Called("mediator", Phrase("Mediator")),
        ),
        rhythm=NEEDED,
        private=True,
    ),
    Kind(
        code="alliance_council",
        name=Phrase("Party-building alliance council"),
        level=Level.GRID,
        chair=GRID_SECRETARY,
        rules=("DELIBERATION",),
        called=(UNITS, PARTY_REPRESENTATIVES, REPRESENTATIVES, RESIDENTS, SUPERVISION),
        rhythm=NEEDED,
    ),
    Kind(
        code="residents_meeting",
        name=Phrase("Residents' meeting"),
        level=Level.COMMUNITY,
        chair=DIRECTOR,
        rules=("RC_MEETING_HH", "RC_MEETING_ADULT", "VC_MEETING_HH", "VC_MEETING_ADULT"),
        called=(
            Called("household_representative", Phrase("Household representatives")),
            UNIT_OBSERVERS,
            SUPERVISION,
        ),
        rhythm=NEEDED,
    ),
    Kind(
        code="representatives_meeting",
        name=Phrase("Residents' representatives' meeting"),
        level=Level.COMMUNITY,
        chair=DIRECTOR,
        rules=("RC_REPS", "VC_REPS"),
        called=(COMMITTEE, REPRESENTATIVES, RESIDENTS, UNIT_OBSERVERS, SUPERVISION),
        rhythm=Phrase("At least every half year"),
    ),
    Kind(
        code="owners_assembly",
        name=Phrase("Owners' assembly"),
        level=Level.COMMUNITY,
        chair=OWNERS_CHAIR,
        rules=("OWN_SPECIAL", "OWN_ORD"),
        called=(
            Called("owner", Phrase("Owners")),
            Called("committee_member", COMMITTEE.name, Capacity.OBSERVER),
            Called("property_manager", PROPERTY.name, Capacity.OBSERVER),
        ),
        rhythm=NEEDED,
    ),
    Kind(
        code="party_branch_meeting",
        name=Phrase("Party branch meeting"),
        level=Level.GRID,
        chair=GRID_SECRETARY,
        rules=("PARTY_BRANCH", "FOUR_TWO_MEMBERS"),
        called=(
            Called("party_member", Phrase("Party members with a vote")),
            Called("probationary_member", Phrase("Probationary members"), Capacity.OBSERVER),
        ),
        rhythm=Phrase("In principle every quarter"),
    ),
    Kind(
        code="two_committees_meeting", name=Phrase("Meeting of the two committees"), level=Level.COMMUNITY, chair=COMMUNITY_SECRETARY,
        rules=("DELIBERATION",), called=(Called("deputy_secretary", Phrase("Members of the Party committee")), COMMITTEE, SUPERVISION), rhythm=NEEDED,
    ),
    Kind(
        code="party_members_meeting", name=Phrase("Party members' meeting of the community"), level=Level.COMMUNITY, chair=COMMUNITY_SECRETARY,
        rules=("FOUR_TWO_MEMBERS", "PARTY_BRANCH"), rhythm=NEEDED,
        called=(Called("party_member", Phrase("Party members with a vote")),
                Called("probationary_member", Phrase("Probationary members"), Capacity.OBSERVER)),
    ),
)

KINDS = {row.code: row for row in _ROWS}


def kind(code: str) -> Kind:
    """The row of a kind; a Refusal on field "kind" if there is none."""
    if code not in KINDS:
        raise Refusal("There is no meeting of that kind.", field="kind")
    return KINDS[code]
