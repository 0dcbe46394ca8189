"""Ways of voting: rows of cases for each."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.refusals import Refusal
from council.rules.counting import equal_shares, greedy
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


ROADS, COSTS = ["路灯", "健身区", "凉亭", "花坛"], [30, 60, 50, 10]


@pytest.mark.parametrize(
    ("code", "options", "terms", "votes", "numbers", "won", "support"),
    [
        ("several_of_several", SITES, {"seats": 2}, ["1,2", "1", "1,3", "2", "abstain"], [3, 2, 1], ("1", "2"), 2),
        ("several_of_several", SITES, {"seats": 2}, ["1,2", "1,3"], [2, 1, 1], (), 0),
        # Four first places for the east, but those struck go over to the west: 4 against 5.
        ("ranked", SITES, {}, ["1>2"] * 4 + ["2>1"] * 3 + ["3>2"] * 2 + ["abstain"], [4, 3, 2, 1], ("2",), 5),
        ("ranked", SITES, {}, ["1>2"] * 2 + ["2>1"] * 2, [2, 2, 0, 0], (), 0),
        ("ranked", SITES, {}, ["1"] * 3 + ["2"] * 2, [3, 2, 0, 0], ("1",), 3),
        # Two are last with two each in the second round; the south had fewer before it took over the north's paper.
        ("ranked", [*SITES, "北门"], {}, ["1"] * 3 + ["2"] * 2 + ["3", "4>3"], [3, 2, 1, 1, 0], ("1",), 3),
        ("points", SITES, {"points": 10}, ["1:6,3:4", "2:10", "3:5", "abstain"], [6, 10, 9], ("2",), 1),
        ("points", SITES, {"points": 10}, ["1:5", "2:5"], [5, 5, 0], (), 0),
        # 100 for 10 people: the six take lamps and pavilion with what is theirs, the four have enough for the flower bed;
        # most ticks first would spend 90 on the six alone.
        ("budget", ROADS, {"limit": 100, "costs": COSTS}, ["1,2"] * 6 + ["3"] * 3 + ["4"], [6, 6, 3, 1], ("1", "4", "2"), 7),
    ],
)  # fmt: skip
def test_a_tally_of_papers_with_several_marks(code, options, terms, votes, numbers, won, support) -> None:
    told = voting_method(code).tally(votes, options, terms)
    assert [row.votes for row in told.rows] == numbers
    assert (told.won, told.yes, told.total) == (won, support, len(votes))
    assert sum(row.tenths for row in told.rows) == 1000


def test_every_way_of_voting_is_tried_above() -> None:
    tried = {
        case.args[1][n][0]
        for case in (test_a_tally.pytestmark + test_a_tally_of_papers_with_several_marks.pytestmark)
        for n in range(len(case.args[1]))
    }
    assert tried == set(METHODS)


def test_equal_shares_gives_a_minority_what_its_share_pays_for() -> None:
    """Six of ten want 1 and 2, four want 3: by most ticks first nothing is left for the four."""
    papers = {(1, 2): 6, (3,): 4}
    assert equal_shares(papers, [50, 50, 40], 100).all == (1, 3)
    assert greedy(papers, [50, 50, 40], 100).places == (1, 2)
    assert equal_shares({}, [5], 10).all == greedy({(): 3}, [5], 10).places == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sets(st.integers(1, 5)).map(lambda places: tuple(sorted(places))), st.integers(1, 9), max_size=8),
    st.lists(st.integers(1, 60), min_size=5, max_size=5),
    st.integers(60, 150),
)
def test_neither_rule_spends_more_than_there_is_nor_on_what_nobody_wants(papers, costs, limit) -> None:
    for told in (equal_shares(papers, costs, limit), greedy(papers, costs, limit)):
        assert told.spent == sum(costs[place - 1] for place in told.all) <= limit
        assert len(set(told.all)) == len(told.all)
        assert all(any(place in paper for paper in papers) for place in told.all)
        left = [n for n in range(1, 6) if n not in told.all and any(n in paper for paper in papers)]
        assert all(told.spent + costs[place - 1] > limit for place in left)


@pytest.mark.parametrize(
    ("code", "ticked", "marks", "kept"),
    [
        ("several_of_several", ["3", "1"], {}, "1,3"), ("several_of_several", ["abstain", "1"], {}, ""),
        ("ranked", [], {3: 1, 1: 2}, "3>1"), ("ranked", [], {3: 1, 1: 1}, ""), ("ranked", [], {1: 2}, ""), ("ranked", ["abstain"], {}, "abstain"),
        ("points", [], {1: 6, 2: 0, 3: 4}, "1:6,3:4"), ("points", ["abstain"], {2: 0}, "abstain"), ("yes_no_abstain", ["yes"], {}, "yes"),
        ("budget", ["1", "2"], {}, "1,2"),
    ],
)  # fmt: skip
def test_a_paper_is_read_as_it_was_filled_in(code, ticked, marks, kept) -> None:
    assert voting_method(code).read(ticked, marks) == kept


def test_what_stands_on_a_paper_is_said_in_words() -> None:
    assert voting_method("ranked").words("3>1", SITES) == "1. 南门；2. 东门"
    assert voting_method("points").words("1:6,3:4", SITES) == "东门 6；南门 4"
    assert voting_method("budget").words("1,2", SITES) == "东门；西门"
    assert voting_method("one_of_several").words("2", SITES) == "西门"
    assert {voting_method(code).words("abstain", SITES) for code in METHODS} == {"弃权"}


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("several_of_several", {"least": 3, "most": 2}), ("several_of_several", {"most": 4}), ("several_of_several", {"seats": 3}),
        ("points", {"points": 101}), ("points", {"points": -1}), ("budget", {"costs": [1, 1, 1]}), ("budget", {"limit": 10, "costs": [1, 1]}),
        ("budget", {"limit": 10, "costs": [1, 1, 11]}),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_are_refused(code, asked) -> None:
    with pytest.raises(Refusal):
        voting_method(code).settle(SITES, asked)


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
        *(("several_of_several", wrong) for wrong in ("", "3,1", "1,1", "4", "1, 2", "1,2,", "01", "spoiled", "1;2")),
        *(("ranked", wrong) for wrong in ("", "1>1", "1,2", "4", ">1", "1>")),
        *(("points", wrong) for wrong in ("", "1:11", "1:6,2:5", "2:1,1:1", "1:0", "1:-1", "1:1.5", "1", "4:1", "1:01", "1:1,1:1", "1:１")),
        *(("budget", wrong) for wrong in ("", "2,1", "9")),
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


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_add_up_to_a_hundred_and_are_less_than_a_tenth_off(votes: list[int]) -> None:
    total, told = sum(votes), shares(votes)
    assert sum(told) == (1000 if total else 0)
    for number, tenths in zip(votes, told, strict=True):
        assert abs(tenths * total - number * 1000) < max(total, 1)
