"""Who decides what by how many: one row of data per body, each with its articles.

RC = 城市居民委员会组织法 and VC = 村民委员会组织法, both revised 2025-10-28 and in force 2026-01-01;
CC = 民法典; PM = 物业管理条例; PB = 中国共产党支部工作条例（试行）.
The words decide the comparison: 以上 includes the number, 超过 and 过半数 do not (CC 1259).
The base differs too: those present, those entitled, or those who took part.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.law import Ahead, Base, Effect, Share, Threshold, Way

HALF = Share(Fraction(1, 2), strict=True)
HALF_REACHED = Share(Fraction(1, 2))
TWO_THIRDS = Share(Fraction(2, 3))
OVER_TWO_THIRDS = Share(Fraction(2, 3), strict=True)
THREE_QUARTERS = Share(Fraction(3, 4))
ALL = Share(Fraction(1))
FOUR_FIFTHS, FIFTH = Share(Fraction(4, 5)), Share(Fraction(1, 5))
THIRD, TENTH = Share(Fraction(1, 3)), Share(Fraction(1, 10))

STATUTORY = Ahead(10, "days")
STATUTORY_OR_TEMPORARY = Ahead(10, "days", temporary=True)
OWNERS_NOTICE = Ahead(15, "days")
HOUSE = Ahead(3, "working_days")  # ours, where the law names no days

ADULTS, VILLAGERS = Phrase("adult residents"), Phrase("adult villagers")
HOUSEHOLDS = Phrase("household representatives")
GROUP = Phrase("villagers or households of the group")
REPRESENTATIVES = Phrase("resident representatives")
VILLAGE_REPRESENTATIVES = Phrase("villagers' representatives")
MEMBERS = Phrase("members of the representatives' meeting")
VOTERS = Phrase("voters")
VOTERS_OR_HOUSEHOLDS = Phrase("voters or household representatives")
PARTY_MEMBERS = Phrase("Party members with a vote")
COMMITTEE, VILLAGE_COMMITTEE = Phrase("the residents' committee"), Phrase("the villagers' committee")

RESIDENTS_PETITIONS = (
    "PETITION_RC_MEETING_ADULTS",
    "PETITION_RC_MEETING_HOUSEHOLDS",
    "PETITION_RC_MEETING_REPS",
)
VILLAGE_PETITIONS = ("PETITION_VC_MEETING", "PETITION_VC_MEETING_REPS")

_meeting = partial(
    Threshold,
    way=Way.MEETING,
    base=Base.PRESENT,
    majority=HALF,
    effect=Effect.COMMUNITY_DECISION,
    ahead=HOUSE,
)
_residents = partial(
    _meeting,
    sources=("RC 26, 27, 30",),
    quorum=HALF,
    ahead=STATUTORY_OR_TEMPORARY,
    convened_by=COMMITTEE,
    petitions=RESIDENTS_PETITIONS,
    party_discusses_first=True,
)
_villagers = partial(
    _meeting,
    sources=("VC 25, 26, 28",),
    ahead=STATUTORY,
    convened_by=VILLAGE_COMMITTEE,
    petitions=VILLAGE_PETITIONS,
    party_discusses_first=True,
)
_members = partial(
    _meeting,
    who=PARTY_MEMBERS,
    sources=("PB 11",),
    base=Base.ENTITLED,
    effect=Effect.PARTY_INTERNAL,
    convened_by=Phrase("the Party branch committee"),
)
_papers = partial(Threshold, way=Way.PAPERS, base=Base.PARTICIPATING, quorum=HALF, effect=Effect.ELECTION)
_election = partial(
    _papers, name=Phrase("Election of the residents' committee"), sources=("RC 19",), majority=HALF, proxies=3
)
_recall = partial(
    _papers, name=Phrase("Recall of a member of the residents' committee"), sources=("RC 20",), majority=HALF
)
_owners = partial(
    Threshold,
    who=Phrase("owners"),
    sources=("CC 278", "PM 12, 14"),
    proxies=3,  # PM 12 lets owners authorise others in writing and names no limit; the house does
    way=Way.OWNERS,
    base=Base.PARTICIPATING,
    quorum=TWO_THIRDS,
    effect=Effect.OWNERS_DECISION,
    ahead=OWNERS_NOTICE,
    convened_by=Phrase("the owners' committee"),
)
_advice = partial(
    Threshold,
    name=Phrase("Advice asked outside a meeting"),
    sources=("RC 32",),
    way=Way.PAPERS,
    base=Base.PARTICIPATING,
    majority=HALF,
    effect=Effect.ADVISORY,
    configurable=("quorum", "majority"),
)
_petition = partial(Threshold, way=Way.PETITION, base=Base.ENTITLED, effect=Effect.CONVENE)
_call_residents = partial(
    _petition, name=Phrase("Petition for a residents' meeting"), sources=("RC 26",), majority=TENTH
)
_call_villagers = partial(
    _petition, name=Phrase("Petition for a villagers' meeting"), sources=("VC 25",), majority=TENTH
)
_call_recall = partial(
    _petition, name=Phrase("Demand to recall a member of the residents' committee"), sources=("RC 20",)
)
_call_village_recall = partial(
    _petition, name=Phrase("Demand to recall a member of the villagers' committee"), sources=("VC 19",)
)

_ROWS = (
    _residents(id="RC_MEETING_ADULT", name=Phrase("Residents' meeting of all adults"), who=ADULTS),
    _residents(id="RC_MEETING_HH", name=Phrase("Residents' meeting by household"), who=HOUSEHOLDS),
    _meeting(
        id="RC_REPS",
        name=Phrase("Residents' representatives' meeting"),
        who=MEMBERS,
        sources=("RC 28, 29, 30",),
        quorum=TWO_THIRDS,
        convened_by=COMMITTEE,
        petitions=("PETITION_RC_REPS",),
        party_discusses_first=True,
        representatives=FOUR_FIFTHS,
    ),
    _election(id="RC_ELECT_ALL", who=VOTERS),
    _election(id="RC_ELECT_HH", who=HOUSEHOLDS),
    _election(id="RC_ELECT_REPS", who=REPRESENTATIVES, quorum=OVER_TWO_THIRDS, proxies=0),
    _election(
        id="RC_ELECT_REPEAT",
        name=Phrase("Repeat election for seats left open"),
        who=VOTERS_OR_HOUSEHOLDS,
        majority=THIRD,
    ),
    _recall(id="RC_RECALL", who=VOTERS_OR_HOUSEHOLDS),
    _recall(id="RC_RECALL_REPS", who=REPRESENTATIVES, quorum=OVER_TWO_THIRDS),
    _villagers(
        id="VC_MEETING_ADULT", name=Phrase("Villagers' meeting of all adults"), who=VILLAGERS, quorum=HALF
    ),
    _villagers(
        id="VC_MEETING_HH", name=Phrase("Villagers' meeting by household"), who=HOUSEHOLDS, quorum=TWO_THIRDS
    ),
    _villagers(
        id="VC_REPS",
        name=Phrase("Villagers' representatives' meeting"),
        who=MEMBERS,
        sources=("VC 28, 29, 30",),
        quorum=TWO_THIRDS,
        ahead=HOUSE,
        petitions=("PETITION_VC_REPS",),
        representatives=FOUR_FIFTHS,
        women=THIRD,
    ),
    _meeting(
        id="VC_GROUP",
        name=Phrase("Villagers' group meeting"),
        who=GROUP,
        sources=("VC 32",),
        quorum=TWO_THIRDS,
        convened_by=Phrase("the head of the villagers' group"),
    ),
    _owners(id="OWN_ORD", name=Phrase("Owners' decision, ordinary (items 1–5 and 9)"), majority=HALF),
    _owners(
        id="OWN_SPECIAL", name=Phrase("Owners' decision, special (items 6, 7 and 8)"), majority=THREE_QUARTERS
    ),
    Threshold(
        id="OWN_USE_HOME",
        name=Phrase("Using a dwelling for business"),
        who=Phrase("interested owners"),
        sources=("CC 279",),
        way=Way.UNANIMOUS,
        base=Base.ENTITLED,
        majority=ALL,
        effect=Effect.OWNERS_DECISION,
    ),
    _members(id="PARTY_BRANCH", name=Phrase("Party branch meeting"), quorum=HALF_REACHED),
    _members(
        id="FOUR_TWO_MEMBERS",
        name=Phrase("Party members' meeting within the four steps of discussion"),
        quorum=TWO_THIRDS,
        configurable=("majority",),
    ),
    _meeting(
        id="DELIBERATION",
        name=Phrase("Deliberation"),
        who=Phrase("listed members"),
        sources=("RC 32",),
        quorum=TWO_THIRDS,
        effect=Effect.ADVISORY,
        convened_by=Phrase("the Party organisation of the level"),
        configurable=("quorum", "majority"),
    ),
    # Nobody is present, and no law names a number: who takes part is told, and more than half of them are in favour.
    _advice(id="ADVICE_HOUSEHOLDS", who=Phrase("households")),
    _advice(id="ADVICE_ADULTS", who=ADULTS),
    _advice(id="ADVICE_REPS", who=REPRESENTATIVES),
    _advice(id="ADVICE_LISTED", who=Phrase("voters on the list")),
    _advice(id="ADVICE_PARTY", who=PARTY_MEMBERS, sources=("PB 11",)),
    _call_residents(id="PETITION_RC_MEETING_ADULTS", who=ADULTS),
    _call_residents(id="PETITION_RC_MEETING_HOUSEHOLDS", who=HOUSEHOLDS),
    _call_residents(id="PETITION_RC_MEETING_REPS", who=REPRESENTATIVES, majority=THIRD),
    _petition(
        id="PETITION_RC_REPS",
        name=Phrase("Petition for a meeting of resident representatives"),
        who=REPRESENTATIVES,
        sources=("RC 28",),
        majority=FIFTH,
    ),
    _call_villagers(id="PETITION_VC_MEETING", who=VILLAGERS),
    _call_villagers(id="PETITION_VC_MEETING_REPS", who=VILLAGE_REPRESENTATIVES, majority=THIRD),
    _petition(
        id="PETITION_VC_REPS",
        name=Phrase("Petition for a meeting of villagers' representatives"),
        who=VILLAGE_REPRESENTATIVES,
        sources=("VC 29",),
        majority=FIFTH,
    ),
    _call_recall(id="PETITION_RC_RECALL", who=VOTERS_OR_HOUSEHOLDS, majority=TENTH),
    _call_recall(id="PETITION_RC_RECALL_REPS", who=REPRESENTATIVES, majority=THIRD),
    _call_village_recall(id="PETITION_VC_RECALL", who=VOTERS, majority=FIFTH),
    _call_village_recall(id="PETITION_VC_RECALL_REPS", who=VILLAGE_REPRESENTATIVES, majority=THIRD),
)

THRESHOLDS = {row.id: row for row in _ROWS}
ALIASES = {"FOUR_TWO": "FOUR_TWO_MEMBERS"}


def threshold(rule_id: str) -> Threshold:
    """The row of a rule or of its alias; a `Refusal` on field "rule" if there is none."""
    row = THRESHOLDS.get(ALIASES.get(rule_id, rule_id))
    if row is None:
        raise Refusal("There is no rule called %(rule)s.", field="rule", rule=rule_id)
    return row
