"""The kinds of meeting: who leads, who is called, by what rule, to what effect."""

from __future__ import annotations

import pytest

from council.i18n import speaking
from council.refusals import Refusal
from council.rules.affairs import Affair
from council.rules.kinds import KINDS, Capacity, Kind, kind
from council.rules.law import Effect
from council.rules.thresholds import THRESHOLDS


@pytest.mark.parametrize(
    ("code", "level", "office", "organisation", "rule", "effect"),
    [
        ("street_joint_meeting", "STREET", "secretary", "working_committee", "DELIBERATION", Effect.ADVISORY),
        ("community_review_council", "COMMUNITY", "secretary", "committee", "DELIBERATION", Effect.ADVISORY),
        ("grid_neighbourhood_meeting", "GRID", "secretary", "branch", "DELIBERATION", Effect.ADVISORY),
        ("alliance_council", "GRID", "secretary", "branch", "DELIBERATION", Effect.ADVISORY),
        ("residents_meeting", "COMMUNITY", "director", "residents_committee", "RC_MEETING_HH",
         Effect.COMMUNITY_DECISION),
        ("representatives_meeting", "COMMUNITY", "director", "residents_committee", "RC_REPS",
         Effect.COMMUNITY_DECISION),
        ("owners_assembly", "COMMUNITY", "owners_committee_head", "owners_committee", "OWN_SPECIAL",
         Effect.OWNERS_DECISION),
        ("two_committees_meeting", "COMMUNITY", "secretary", "committee", "DELIBERATION", Effect.ADVISORY),
        ("party_members_meeting", "COMMUNITY", "secretary", "committee", "FOUR_TWO_MEMBERS", Effect.PARTY_INTERNAL),
        ("party_branch_meeting", "GRID", "secretary", "branch", "PARTY_BRANCH", Effect.PARTY_INTERNAL),
    ],
)  # fmt: skip
def test_who_leads_and_what_it_is_worth(
    code: str, level: str, office: str, organisation: str, rule: str, effect: Effect
) -> None:
    row = kind(code)
    assert (row.level, row.chair.office, row.chair.organisation) == (level, office, organisation)
    assert (row.rule_id, row.effect) == (rule, effect)
    assert row.ahead.days > 0


def test_these_are_all_the_kinds() -> None:
    assert len(KINDS) == 10
    assert {rule for row in KINDS.values() for rule in row.rules} <= set(THRESHOLDS)


@pytest.mark.parametrize("affair", list(Affair))
def test_each_affair_has_its_meeting(affair: Affair) -> None:
    row = kind(affair.meeting_kind)
    assert (row.affair, row.level) == (affair, affair.level)


def test_only_a_household_matter_in_the_grid_is_private() -> None:
    private = {(code, affair) for code, row in KINDS.items() for affair in Affair if row.private_for(affair)}
    assert private == {("grid_neighbourhood_meeting", Affair.HOUSEHOLD)}
    assert kind("grid_neighbourhood_meeting").private_for("HOUSEHOLD")
    assert not kind("grid_neighbourhood_meeting").private_for(None)


@pytest.mark.parametrize("row", KINDS.values(), ids=lambda row: row.code)
def test_every_kind_calls_members_and_the_private_one_no_onlookers(row: Kind) -> None:
    capacities = {called.capacity for called in row.called}
    assert Capacity.MEMBER in capacities
    if row.code == "grid_neighbourhood_meeting":
        assert capacities == {Capacity.MEMBER}


def test_onlookers_and_supervisors_do_not_vote_in_the_representatives_meeting() -> None:
    seats = {called.code: called.capacity for called in kind("representatives_meeting").called}
    assert seats["resident"] is Capacity.OBSERVER
    assert seats["supervisor"] is Capacity.SUPERVISOR
    assert seats["resident_representative"] is Capacity.MEMBER


def test_a_kind_decides_only_by_its_own_rules() -> None:
    row = kind("residents_meeting")
    assert row.rule() == "RC_MEETING_HH"
    assert row.rule("VC_MEETING_ADULT") == "VC_MEETING_ADULT"
    with pytest.raises(Refusal):
        row.rule("OWN_ORD")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        kind("tea_party")
    assert refused.value.field == "kind"


def test_every_kind_has_a_name_in_both_languages() -> None:
    for row in KINDS.values():
        words = [row.name, row.chair.name, row.rhythm, *(called.name for called in row.called)]
        for word in words:
            with speaking("en"):
                english = str(word)
            assert english
            assert str(word) != english
