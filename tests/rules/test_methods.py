"""Ways of voting: rows of cases for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.refusals import Refusal
from council.rules.methods import METHODS, shares, voting_method

SITES = ["东门", "西门", "南门"]
S1 = ["yes"] * 11 + ["no"] * 3 + ["abstain"] * 2


@pytest.mark.parametrize(
    ("code", "options", "votes", "numbers", "percents", "leading"),
    [
        ("yes_no_abstain", [], S1, [11, 3, 2], ["68.8", "18.7", "12.5"],
         ("yes",)),
        ("yes_no_abstain", [], [], [0, 0, 0], ["0.0", "0.0", "0.0"], ()),
        ("yes_no_abstain", [], ["yes", "no"], [1, 1, 0], ["50.0", "50.0", "0.0"], ("yes", "no")),
        ("yes_no_abstain", [], ["yes", "spoiled"], [1, 0, 0, 1], ["50.0", "0.0", "0.0", "50.0"], ("yes",)),
        ("one_of_several", SITES, ["1", "2", "3"], [1, 1, 1, 0], ["33.4", "33.3", "33.3", "0.0"],
         ("1", "2", "3")),
        ("one_of_several", SITES, ["2", "2", "3", "abstain"], [0, 2, 1, 1], ["0.0", "50.0", "25.0", "25.0"],
         ("2",)),
        ("one_of_several", SITES, ["abstain"], [0, 0, 0, 1], ["0.0", "0.0", "0.0", "100.0"], ()),
    ],
)  # fmt: skip
def test_a_tally(
    code: str,
    options: list[str],
    votes: list[str],
    numbers: list[int],
    percents: list[str],
    leading: tuple[str],
) -> None:
    told = voting_method(code).tally(votes, options)
    assert [row.votes for row in told.rows] == numbers
    assert [row.percent for row in told.rows] == percents
    assert (told.total, told.leading) == (len(votes), leading)


def test_every_way_of_voting_is_tried_above() -> None:
    assert set(METHODS) == {"yes_no_abstain", "one_of_several"}


def test_counters_and_single_votes_come_to_the_same() -> None:
    way = voting_method("yes_no_abstain")
    assert way.tally({"yes": 2, "no": 1}) == way.tally(["yes", "no", "yes"])


def test_the_threshold_is_asked_about_yes_or_about_the_one_that_leads_alone() -> None:
    assert voting_method("yes_no_abstain").tally({"yes": 2, "no": 5}).yes == 2
    assert voting_method("one_of_several").tally(["1", "2", "2"], SITES).yes == 2
    assert voting_method("one_of_several").tally(["1", "2"], SITES).yes == 0


def test_choices_carry_the_words_a_voter_reads() -> None:
    assert [str(one.label) for one in voting_method("yes_no_abstain").choices()] == ["赞成", "反对", "弃权"]
    offered = voting_method("one_of_several").choices(SITES)
    assert [(one.code, str(one.label)) for one in offered][-2:] == [("3", "南门"), ("abstain", "弃权")]


@pytest.mark.parametrize(
    ("code", "choice"),
    [
        ("yes_no_abstain", "maybe"),
        ("yes_no_abstain", "spoiled"),
        ("one_of_several", "4"),
        ("one_of_several", "0"),
    ],
)
def test_a_voter_can_take_only_what_is_offered(code: str, choice: str) -> None:
    way = voting_method(code)
    assert way.check("abstain", SITES) == "abstain"
    with pytest.raises(Refusal):
        way.check(choice, SITES)


@pytest.mark.parametrize("votes", [{"maybe": 1}, {"yes": -1}])
def test_a_strange_vote_is_never_tallied_away(votes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="votes for nothing"):
        voting_method("yes_no_abstain").tally(votes)


def test_an_unknown_way_of_voting_is_refused() -> None:
    with pytest.raises(Refusal):
        voting_method("shouting")


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_add_up_to_a_hundred_and_are_less_than_a_tenth_off(votes: list[int]) -> None:
    total, told = sum(votes), shares(votes)
    assert sum(told) == (1000 if total else 0)
    for number, tenths in zip(votes, told, strict=True):
        assert abs(tenths * total - number * 1000) < max(total, 1)
