"""Every rule at the number before, on and after its threshold; the six meetings of the field; the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.i18n import speaking
from council.refusals import Refusal
from council.rules.decide import decide, square_metres
from council.rules.law import Flag, Way
from council.rules.thresholds import THRESHOLDS, threshold

TALKED = {"prior_party_discussion": True}


def first(rule: str) -> dict[str, Any]:
    return TALKED if threshold(rule).party_discusses_first else {}


def pair(persons: int, square_metres: float) -> dict[str, int]:
    return {"persons": persons, "area_cm2": round(square_metres * 10_000)}


# rule, entitled, the least that makes a quorum, those present, the least votes that carry
MEETINGS = [
    ("RC_MEETING_ADULT", 1000, 501, 501, 251),
    ("RC_MEETING_ADULT", 1001, 501, 600, 301),
    ("RC_MEETING_HH", 1286, 644, 644, 323),
    ("RC_REPS", 48, 32, 33, 17),
    ("RC_REPS", 47, 32, 32, 17),
    ("VC_MEETING_ADULT", 801, 401, 401, 201),
    ("VC_MEETING_HH", 312, 208, 208, 105),
    ("VC_MEETING_HH", 313, 209, 209, 105),
    ("VC_REPS", 30, 20, 20, 11),
    ("VC_GROUP", 50, 34, 34, 18),
    ("PARTY_BRANCH", 43, 22, 22, 22),
    ("PARTY_BRANCH", 44, 22, 30, 23),
    ("FOUR_TWO_MEMBERS", 43, 29, 29, 22),
    ("FOUR_TWO", 42, 28, 28, 22),
    ("DELIBERATION", 23, 16, 16, 9),
]
# rule, entitled, the least that must take part, papers cast, the least votes that elect or recall
PAPERS = [
    ("RC_ELECT_ALL", 1000, 501, 501, 251),
    ("RC_ELECT_HH", 1286, 644, 700, 351),
    ("RC_ELECT_REPS", 48, 33, 33, 17),  # exactly two thirds are not more than two thirds
    ("RC_ELECT_REPEAT", 1000, 501, 600, 200),  # a third of the papers is enough the second time
    ("RC_RECALL", 1000, 501, 502, 252),
    ("RC_RECALL_REPS", 48, 33, 34, 18),
    ("RC_RECALL_REPS", 47, 32, 32, 17),
]
# advice asked outside a meeting: rule, asked, papers cast, the least in favour
ADVICE = [
    ("ADVICE_HOUSEHOLDS", 450, 312, 157),
    ("ADVICE_ADULTS", 2501, 9, 5),
    ("ADVICE_REPS", 41, 1, 1),
    ("ADVICE_LISTED", 10, 10, 6),
    ("ADVICE_PARTY", 43, 22, 12),
]
# petition, entitled, the least signatures
PETITIONS = [
    ("PETITION_RC_MEETING_ADULTS", 2501, 251),
    ("PETITION_RC_MEETING_HOUSEHOLDS", 1286, 129),
    ("PETITION_RC_MEETING_REPS", 41, 14),
    ("PETITION_RC_REPS", 41, 9),
    ("PETITION_VC_MEETING", 800, 80),
    ("PETITION_VC_MEETING_REPS", 30, 10),
    ("PETITION_VC_REPS", 31, 7),
    ("PETITION_RC_RECALL", 2000, 200),
    ("PETITION_RC_RECALL_REPS", 40, 14),
    ("PETITION_VC_RECALL", 801, 161),
    ("PETITION_VC_RECALL_REPS", 31, 11),
]
OWNERS = [("OWN_ORD", 141, 84_250_001), ("OWN_SPECIAL", 211, 126_375_000)]


def test_every_rule_stands_in_a_table_of_this_file() -> None:
    tried = {row[0] for row in (*MEETINGS, *PAPERS, *ADVICE, *PETITIONS, *OWNERS)} | {"OWN_USE_HOME"}
    assert tried == {*THRESHOLDS, "FOUR_TWO"}
    assert len(THRESHOLDS) == 35


@pytest.mark.parametrize(("rule", "entitled", "cast", "least"), ADVICE)
def test_advice_needs_more_than_half_of_the_papers_and_no_number_of_them(rule: str, entitled: int, cast: int, least: int) -> None:
    asked = {"entitled": entitled, "participating": cast}
    told = decide(rule, {**asked, "yes": least})
    assert (told.quorate, told.carried, told.legal_effect.value, told.needed) == (None, True, "ADVISORY", least)
    assert decide(rule, {**asked, "yes": least - 1}).carried is False
    assert decide(rule, {"entitled": entitled, "participating": 0, "yes": 0}).carried is None


def test_advice_says_how_many_took_part_and_never_that_they_came() -> None:
    with speaking("zh_Hans_CN"):
        told = [str(one) for one in decide("ADVICE_HOUSEHOLDS", {"entitled": 450, "participating": 312, "yes": 200}).arithmetic]
        assert told[0] == "参与户数 312/450；征求意见不设最低参与数"
        charter = {"entitled": 450, "participating": 312, "yes": 200, "quorum": [2, 3, "inclusive"]}
        assert str(decide("ADVICE_HOUSEHOLDS", charter).arithmetic[0]) == "参与户数 312/450，须 ≥ 2/3，即 300：满足"
        assert not [one for one in told if "到会" in one]


@pytest.mark.parametrize(("rule", "entitled", "quorum", "present", "needed"), MEETINGS)
def test_a_meeting_at_its_thresholds(
    rule: str, entitled: int, quorum: int, present: int, needed: int
) -> None:
    for here, enough in ((quorum - 1, False), (quorum, True), (quorum + 1, True)):
        told = decide(rule, {"entitled": entitled, "present": here, "yes": here, **first(rule)})
        assert (told.quorate, told.quorum) == (enough, quorum)
        assert (told.carried is not None) == enough
    for yes, carried in ((needed - 1, False), (needed, True), (needed + 1, True)):
        if yes <= present:
            told = decide(rule, {"entitled": entitled, "present": present, "yes": yes, **first(rule)})
            assert (told.carried, told.needed) == (carried, needed)


@pytest.mark.parametrize(("rule", "entitled", "quorum", "cast", "needed"), PAPERS)
def test_an_election_or_recall_at_its_thresholds(
    rule: str, entitled: int, quorum: int, cast: int, needed: int
) -> None:
    for here, enough in ((quorum - 1, False), (quorum, True), (quorum + 1, True)):
        told = decide(rule, {"entitled": entitled, "participating": here, "yes": here})
        assert (told.quorate, told.legal_effect) == (enough, "ELECTION")
    for yes, carried in ((needed - 1, False), (needed, True), (needed + 1, True)):
        told = decide(rule, {"entitled": entitled, "participating": cast, "yes": yes})
        assert (told.carried, told.needed) == (carried, needed)


@pytest.mark.parametrize(("rule", "entitled", "needed"), PETITIONS)
def test_a_petition_at_its_threshold(rule: str, entitled: int, needed: int) -> None:
    for signatures, carried in ((needed - 1, False), (needed, True), (needed + 1, True)):
        told = decide(rule, {"entitled": entitled, "signatures": signatures})
        assert (told.quorate, told.carried, told.needed) == (None, carried, needed)
        assert told.legal_effect == "CONVENE"


@pytest.mark.parametrize(("rule", "persons", "area"), OWNERS)
def test_owners_must_reach_both_persons_and_area(rule: str, persons: int, area: int) -> None:
    given = {"entitled": pair(420, 25_200), "participating": pair(281, 16_850)}
    for less_persons, less_area, carried in ((0, 0, True), (1, 0, False), (0, 1, False), (-1, -1, True)):
        yes = {"persons": persons - less_persons, "area_cm2": area - less_area}
        told = decide(rule, {**given, "yes": yes})
        assert told.carried is carried
        assert told.needed == {"persons": persons, "area_cm2": area}


@pytest.mark.parametrize(
    ("persons", "area", "quorate"),
    [
        (280, 168_000_000, True),
        (279, 168_000_000, False),
        (280, 167_999_999, False),
        (281, 168_000_001, True),
    ],
)
def test_owners_must_take_part_by_both(persons: int, area: int, quorate: bool) -> None:
    part = {"persons": persons, "area_cm2": area}
    told = decide("OWN_ORD", {"entitled": pair(420, 25_200), "participating": part, "yes": part})
    assert told.quorate is quorate
    assert told.carried is (True if quorate else None)
    assert told.quorum == {"persons": 280, "area_cm2": 168_000_000}


@pytest.mark.parametrize(("yes", "carried"), [(4, False), (5, True)])
def test_a_dwelling_becomes_a_business_only_if_every_interested_owner_agrees(yes: int, carried: bool) -> None:
    told = decide("OWN_USE_HOME", {"entitled": 5, "yes": yes, "abstain": 5 - yes})
    assert (told.carried, told.quorate, told.needed) == (carried, None, 5)


# --- the meetings of the field -----------------------------------------------------------------------------


def test_s1_the_review_council_advises_and_the_owners_decide() -> None:
    council = {"entitled": 23, "present": 16, "yes": 11, "no": 3, "abstain": 2}
    told = decide("DELIBERATION", {**council, "owners_item": 8})
    assert (told.quorate, told.carried, told.legal_effect, told.needed) == (True, True, "ADVISORY", 9)
    assert told.flags == (Flag.NEEDS_OWNERS_VOTE,)
    assert decide("DELIBERATION", council).flags == ()
    owners = {"entitled": pair(420, 25_200), "participating": pair(281, 16_850)}
    told = decide("OWN_SPECIAL", {**owners, "yes": pair(211, 12_640), "medium": "paper"})
    assert (told.carried, told.legal_effect, told.flags) == (True, "OWNERS_DECISION", ())
    assert decide("OWN_SPECIAL", {**owners, "yes": pair(210, 12_640)}).carried is False


def test_s2_abstentions_count_against_and_observers_count_for_nothing() -> None:
    meeting = {"composition": {"committee": 7, "representatives": 41}, "present": 33, **TALKED}
    told = decide("RC_REPS", {**meeting, "yes": 17, "no": 12, "abstain": 4})
    assert (told.lawful, told.carried, told.needed, told.quorum) == (True, True, 17, 32)
    assert decide("RC_REPS", {**meeting, "yes": 16, "no": 12, "abstain": 5}).carried is False
    assert decide("RC_REPS", {**meeting, "yes": 31}).carried is True
    with pytest.raises(Refusal) as six_hands_too_many:
        decide("RC_REPS", {**meeting, "yes": 31, "no": 8})
    assert six_hands_too_many.value.field == "no"


def test_s3_exactly_half_the_households_are_no_quorum() -> None:
    household = {"entitled": 1286, **TALKED}
    told = decide("RC_MEETING_HH", {**household, "present": 643, "yes": 643})
    assert (told.quorate, told.carried) == (False, None)
    assert decide("RC_MEETING_HH", {**household, "present": 644, "yes": 323}).carried is True
    assert decide("RC_MEETING_HH", {**household, "present": 644, "yes": 322}).carried is False


def test_s4_exactly_two_thirds_of_village_households_are_enough() -> None:
    told = decide("VC_MEETING_HH", {"entitled": 312, "present": 208, "yes": 105, **TALKED})
    assert (told.quorate, told.carried, told.needed) == (True, True, 105)
    assert decide("VC_MEETING_HH", {"entitled": 312, "present": 207, "yes": 105, **TALKED}).quorate is False
    assert decide("VC_MEETING_ADULT", {"entitled": 801, "present": 401, "yes": 201, **TALKED}).quorum == 401


def test_s5_a_party_branch_counts_all_who_may_vote() -> None:
    told = decide("PARTY_BRANCH", {"entitled": 43, "present": 22, "yes": 21})
    assert (told.quorate, told.carried, told.needed) == (True, False, 22)
    assert decide("PARTY_BRANCH", {"entitled": 43, "present": 22, "yes": 22}).carried is True


# --- law and composition -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [rule for rule, row in THRESHOLDS.items() if row.party_discusses_first])
def test_without_the_partys_prior_discussion_the_decision_is_unlawful(rule: str) -> None:
    figures = {"entitled": 10, "present": 10, "yes": 10}
    told = decide(rule, {**figures, "prior_party_discussion": False})
    assert (told.lawful, told.quorate, told.carried) == (False, True, None)
    assert Flag.NO_PARTY_DISCUSSION in told.flags
    assert decide(rule, {**figures, **TALKED}).flags == ()
    with pytest.raises(Refusal) as missing:
        decide(rule, figures)
    assert missing.value.field == "prior_party_discussion"


def test_which_rules_ask_for_the_partys_prior_discussion() -> None:
    asking = {rule for rule, row in THRESHOLDS.items() if row.party_discusses_first}
    meetings = {f"{law}_MEETING_{who}" for law in ("RC", "VC") for who in ("ADULT", "HH")}
    assert asking == meetings | {"RC_REPS", "VC_REPS"}


@pytest.mark.parametrize(
    ("committee", "representatives", "lawful"), [(7, 27, False), (7, 28, True), (7, 29, True)]
)
def test_four_fifths_of_the_members_must_be_representatives(
    committee: int, representatives: int, lawful: bool
) -> None:
    parts = {"committee": committee, "representatives": representatives}
    told = decide("RC_REPS", {"composition": parts, "present": 34, "yes": 34, **TALKED})
    assert (told.lawful, told.carried) == (lawful, True if lawful else None)
    assert (Flag.COMPOSITION in told.flags) is not lawful


@pytest.mark.parametrize(("women", "lawful"), [(10, False), (11, True), (12, True)])
def test_a_third_of_a_villages_members_must_be_women_representatives(women: int, lawful: bool) -> None:
    parts = {"committee": 5, "representatives": 28, "women": women}
    told = decide("VC_REPS", {"composition": parts, "present": 30, "yes": 30, **TALKED})
    assert (told.lawful, Flag.COMPOSITION in told.flags) == (lawful, not lawful)


def test_a_charter_sets_its_own_quorum_and_majority() -> None:
    figures = {"entitled": 23, "present": 12, "yes": 8}
    assert decide("DELIBERATION", figures).quorate is False
    told = decide("DELIBERATION", {**figures, "quorum": [1, 2, "strict"], "majority": [2, 3, "inclusive"]})
    assert (told.quorum, told.needed, told.carried, told.flags) == (12, 8, True, (Flag.CONFIGURED,))


def test_the_local_wording_of_one_half_holds_only_where_the_district_sets_it() -> None:
    figures = {"entitled": 42, "present": 30, "yes": 21}
    assert decide("FOUR_TWO", figures).carried is False
    told = decide("FOUR_TWO", {**figures, "majority": [1, 2, "inclusive"]})
    assert (told.rule, told.carried, told.flags) == ("FOUR_TWO_MEMBERS", True, (Flag.CONFIGURED,))
    with pytest.raises(Refusal):
        decide("FOUR_TWO", {**figures, "majority": [1, 3, "inclusive"]})


@pytest.mark.parametrize(
    ("medium", "flags"),
    [({}, (Flag.INDICATIVE,)), ({"medium": "electronic"}, (Flag.INDICATIVE,)), ({"medium": "paper"}, ()),
     ({"medium": "district_system"}, ())],
)  # fmt: skip
def test_an_owners_vote_is_indicative_unless_on_paper_or_in_the_districts_system(
    medium: dict[str, str], flags: tuple[Flag, ...]
) -> None:
    both = pair(3, 300)
    assert decide("OWN_ORD", {"entitled": both, "participating": both, "yes": both, **medium}).flags == flags
    assert decide("OWN_USE_HOME", {"entitled": 3, "yes": 3, **medium}).flags == flags


# --- words -------------------------------------------------------------------------------------------------


def test_the_arithmetic_is_said_in_words_and_numbers() -> None:
    told = decide("RC_MEETING_HH", {"entitled": 450, "present": 312, "yes": 157, **TALKED})
    assert [str(sentence) for sentence in told.arithmetic] == [
        "已先经党组织研究讨论：满足",
        "到会户代表 312/450，须 ＞ 1/2，即 226：满足",
        "赞成 157/312（按到会人数），须 ＞ 1/2，即 157：满足",
    ]
    owners = {"entitled": pair(420, 25_200), "participating": pair(281, 16_850), "yes": pair(210, 12_640)}
    assert [str(sentence) for sentence in decide("OWN_SPECIAL", owners).arithmetic] == [
        "参与表决业主人数 281/420，须 ≥ 2/3，即 280：满足",
        "参与表决面积 16,850.00/25,200.00 平方米，须 ≥ 2/3，即 16,800.00：满足",
        "赞成业主人数 210/281（按参与表决人数），须 ≥ 3/4，即 211：不满足",
        "赞成面积 12,640.00/16,850.00 平方米（按参与表决面积），须 ≥ 3/4，即 12,637.50：满足",
    ]
    with speaking("en"):
        assert "Present: household representatives 312/450, must be ＞ 1/2, that is 226: met" in map(
            str, decide("RC_MEETING_HH", {"entitled": 450, "present": 312, "yes": 9, **TALKED}).arithmetic
        )


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_every_rule_can_say_its_arithmetic_in_both_languages(language: str) -> None:
    with speaking(language):
        for rule in THRESHOLDS:
            told = decide(rule, smallest(rule))
            said = [str(sentence) for sentence in told.arithmetic]
            assert said
            assert all("%(" not in sentence for sentence in said)
            assert [str(article) for article in threshold(rule).articles]


def smallest(rule: str) -> dict[str, Any]:
    way = threshold(rule).way
    if way is Way.OWNERS:
        return {"entitled": pair(3, 3), "participating": pair(3, 3), "yes": pair(3, 3)}
    figures = {
        Way.PETITION: {"signatures": 3},
        Way.UNANIMOUS: {"yes": 3},
        Way.MEETING: {"present": 3, "yes": 3},
    }
    return {"entitled": 3, **figures.get(way, {"participating": 3, "yes": 3}), **first(rule)}


@pytest.mark.parametrize(
    ("area", "said"), [(168_500_000, "16,850.00"), (126_375_000, "12,637.50"), (1, "0.0001"), (0, "0.00")]
)
def test_area_is_said_in_square_metres(area: int, said: str) -> None:
    assert square_metres(area) == said


# --- refusals ----------------------------------------------------------------------------------------------

GOOD = {"entitled": 23, "present": 16, "yes": 11}
OWN = {"entitled": pair(9, 9), "participating": pair(6, 6), "yes": pair(5, 5)}
PARTS = {"committee": 7, "representatives": 41}
SAT = {"present": 3, "yes": 3, **TALKED}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("NO_SUCH_RULE", GOOD, "rule"),
    ("DELIBERATION", {"entitled": 23, "present": 16}, "yes"),
    ("DELIBERATION", {"present": 16, "yes": 3}, "entitled"),
    ("DELIBERATION", {**GOOD, "colour": 1}, "colour"),
    ("DELIBERATION", {**GOOD, "participating": 16}, "participating"),
    ("DELIBERATION", {**GOOD, "present": 24}, "present"),
    ("DELIBERATION", {**GOOD, "yes": 17}, "yes"),
    ("DELIBERATION", {**GOOD, "no": 6}, "no"),
    ("DELIBERATION", {**GOOD, "no": 5, "abstain": 1}, "abstain"),
    ("DELIBERATION", {**GOOD, "no": 5, "spoiled": 1}, "spoiled"),
    ("DELIBERATION", {**GOOD, "yes": -1}, "yes"),
    ("DELIBERATION", {**GOOD, "yes": 11.0}, "yes"),
    ("DELIBERATION", {**GOOD, "yes": "11"}, "yes"),
    ("DELIBERATION", {**GOOD, "yes": True}, "yes"),
    ("DELIBERATION", {**GOOD, "yes": None}, "yes"),
    ("DELIBERATION", {"entitled": 0, "present": 0, "yes": 0}, "entitled"),
    ("DELIBERATION", {**GOOD, "quorum": [1, 0, "strict"]}, "quorum"),
    ("DELIBERATION", {**GOOD, "quorum": [3, 2, "inclusive"]}, "quorum"),
    ("DELIBERATION", {**GOOD, "majority": [1, 1, "strict"]}, "majority"),
    ("DELIBERATION", {**GOOD, "majority": [0, 1, "inclusive"]}, "majority"),
    ("DELIBERATION", {**GOOD, "majority": [1, 2]}, "majority"),
    ("DELIBERATION", {**GOOD, "majority": [1, 2, "about"]}, "majority"),
    ("DELIBERATION", {**GOOD, "majority": "1/2"}, "majority"),
    ("DELIBERATION", {**GOOD, "owners_item": 10}, "owners_item"),
    ("PARTY_BRANCH", {**GOOD, "quorum": [1, 2, "strict"]}, "quorum"),
    ("PARTY_BRANCH", {**GOOD, "owners_item": 8}, "owners_item"),
    ("RC_REPS", {**GOOD, "prior_party_discussion": 1}, "prior_party_discussion"),
    ("RC_REPS", {**SAT, "composition": 48}, "composition"),
    ("RC_REPS", {**SAT, "composition": {"committee": 7}}, "composition.representatives"),
    ("RC_REPS", {**SAT, "composition": {**PARTS, "men": 1}}, "composition.men"),
    ("RC_REPS", {**GOOD, "composition": PARTS, **TALKED}, "composition"),
    ("RC_MEETING_HH", {**SAT, "composition": PARTS}, "composition"),
    ("VC_REPS", {**SAT, "composition": PARTS}, "composition.women"),
    ("VC_REPS", {**SAT, "composition": {**PARTS, "women": 42}}, "composition.women"),
    ("RC_ELECT_ALL", {"entitled": 9, "participating": 10, "yes": 5}, "participating"),
    ("RC_ELECT_ALL", {"entitled": 9, "participating": 8, "yes": 5, "no": 1, "abstain": 1}, "participating"),
    ("RC_ELECT_ALL", {"entitled": 9, "participating": 8, "yes": 5, "no": 4}, "no"),
    ("RC_ELECT_ALL", {"entitled": 9, "present": 8, "yes": 5}, "present"),
    ("OWN_ORD", {**OWN, "yes": 5}, "yes"),
    ("OWN_ORD", {**OWN, "yes": {"persons": 5}}, "yes.area_cm2"),
    ("OWN_ORD", {**OWN, "yes": {**pair(5, 5), "votes": 5}}, "yes.votes"),
    ("OWN_ORD", {**OWN, "yes": pair(7, 5)}, "yes.persons"),
    ("OWN_ORD", {**OWN, "yes": pair(5, 7)}, "yes.area_cm2"),
    ("OWN_ORD", {**OWN, "no": pair(1, 0), "abstain": pair(0, 0)}, "participating.area_cm2"),
    ("OWN_ORD", {**OWN, "no": pair(1, 1), "abstain": pair(1, 0)}, "abstain.persons"),
    ("OWN_ORD", {**OWN, "no": pair(0, 1), "abstain": pair(0, 0)}, "participating.persons"),
    ("OWN_ORD", {**OWN, "medium": "telephone"}, "medium"),
    ("OWN_USE_HOME", {"entitled": 5, "yes": 4, "no": 2}, "no"),
    ("PETITION_RC_REPS", {"entitled": 41}, "signatures"),
    ("PETITION_RC_REPS", {"entitled": 41, "signatures": 42}, "signatures"),
    ("PETITION_RC_REPS", {"entitled": 41, "signatures": 9, "yes": 9}, "yes"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "figures", "field"), WRONG)
def test_a_wrong_figure_is_refused_by_name(rule: str, figures: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        decide(rule, figures)
    assert refused.value.field == field
    assert "%(" not in str(refused.value)


def test_papers_may_be_fewer_than_those_present_but_must_add_up_when_all_are_told() -> None:
    assert decide("DELIBERATION", {**GOOD, "no": 1, "abstain": 1}).carried is True
    told = decide(
        "RC_ELECT_ALL", {"entitled": 9, "participating": 8, "yes": 5, "no": 1, "abstain": 1, "spoiled": 1}
    )
    assert told.carried is True


# --- properties --------------------------------------------------------------------------------------------

ONE_COUNT = sorted(rule for rule, row in THRESHOLDS.items() if row.way is not Way.OWNERS)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ONE_COUNT), st.integers(1, 5000), st.data())
def test_needed_is_the_smallest_number_that_passes(rule: str, entitled: int, data: st.DataObject) -> None:
    row = threshold(rule)
    part = data.draw(st.integers(row.quorum.least(entitled) if row.quorum else entitled, entitled))
    figures: dict[str, Any] = {"entitled": entitled, **first(rule)}
    if row.way in (Way.MEETING, Way.PAPERS):
        figures["present" if row.way is Way.MEETING else "participating"] = part
    key = "signatures" if row.way is Way.PETITION else "yes"
    needed = decide(rule, {**figures, key: 0}).needed
    assert isinstance(needed, int)
    assert decide(rule, {**figures, key: needed - 1}).carried is False
    if needed <= part:
        assert decide(rule, {**figures, key: needed}).carried is True


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["OWN_ORD", "OWN_SPECIAL"]), st.integers(1, 900), st.integers(1, 10**9))
def test_what_owners_need_is_smallest_by_persons_and_by_area(rule: str, persons: int, area: int) -> None:
    everybody = {"persons": persons, "area_cm2": area}
    given_ = {"entitled": everybody, "participating": everybody}
    needed = decide(rule, {**given_, "yes": everybody}).needed
    assert isinstance(needed, dict)
    assert decide(rule, {**given_, "yes": needed}).carried is True
    for measure in needed:
        assert decide(rule, {**given_, "yes": {**needed, measure: needed[measure] - 1}}).carried is False


# --- the command -------------------------------------------------------------------------------------------


def ask(question: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "council", "decide", *options],
        input=question,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C"},
    )


def test_the_command_answers_with_exactly_the_documented_keys() -> None:
    told = ask(json.dumps({"rule": "DELIBERATION", **GOOD}), "--json")
    assert (told.returncode, told.stderr) == (0, "")
    answer = json.loads(told.stdout)
    assert list(answer) == ["lawful", "quorate", "carried", "legal_effect", "needed", "arithmetic", "flags"]
    assert answer["arithmetic"][0] == "到会名单成员 16/23，须 ≥ 2/3，即 16：满足"


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (json.dumps({"rule": "DELIBERATION", **GOOD, "colour": 1}), "colour"),
        (json.dumps(GOOD), "rule"),
        (json.dumps({"rule": 5, **GOOD}), "rule"),
        ('{"rule": "DELIBERATION", "entitled": 3, "present": 3, "yes": 1, "yes": 2}', "yes"),
        ('{"rule": "DELIBERATION", "entitled": 3, "present": 3, "yes": NaN}', "yes"),
        ("[]", "stdin"),
        ("", "stdin"),
        ("[" * 100_000, "stdin"),
    ],
)
def test_the_command_names_the_field_and_leaves_with_two(question: str, field: str) -> None:
    told = ask(question, "--json")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(f"{field}: ")


def test_without_json_the_command_speaks_in_sentences() -> None:
    told = ask(json.dumps({"rule": "DELIBERATION", **GOOD}))
    assert told.stdout.splitlines()[-2:] == ["通过", "协商意见：本身没有强制力"]
    assert "Carried" in ask(json.dumps({"rule": "DELIBERATION", **GOOD}), "--language", "en").stdout
