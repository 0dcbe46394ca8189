"""The three affairs, as the rest of the house sees them."""

from council.i18n import speaking
from council.rules.affairs import EXAMPLE, RESPONSIBILITIES, Affair, Level, named
from council.rules.sorting.book import AFFAIRS
from council.rules.sorting.lexicon import data


def test_each_affair_has_its_level_and_its_meeting():
    assert [(a.level, a.meeting_kind) for a in Affair] == [
        (Level.STREET, "street_joint_meeting"),
        (Level.COMMUNITY, "community_review_council"),
        (Level.GRID, "grid_neighbourhood_meeting"),
    ]


def test_residents_read_the_names_used_in_chongqing():
    with speaking("zh_Hans_CN"):
        assert [str(a.label) for a in Affair] == ["公事", "共事", "家事"]
        assert [str(a.meeting) for a in Affair] == ["街道联席会议", "社区评议会", "网格邻里会"]
        assert [str(a.convenor) for a in Affair] == ["街道党工委", "社区党组织", "网格党组织"]
        assert [str(a.level.label) for a in Affair] == ["街道", "社区", "网格"]


def test_english_readers_read_english_names():
    with speaking("en"):
        assert [str(a.label) for a in Affair] == ["Official matter", "Collaborative matter", "Household matter"]


def test_older_names_are_accepted_and_unknown_ones_are_not():
    assert named("大事") is Affair.OFFICIAL
    assert named(" 共事 ") is Affair.COLLABORATIVE
    assert named("household") is Affair.HOUSEHOLD
    assert named("心事") is None


def test_the_responsibility_list_has_eight_items_each_drawn_from_rows_of_the_same_affair():
    classes = {row["n"]: AFFAIRS[row["class"]] for row in data("rows")["row"]}
    for affair in Affair:
        assert len(affair.responsibilities) == 8
        for item in RESPONSIBILITIES[affair]:
            assert {classes[number] for number in item.rows} == {affair}, item.text


def test_the_list_says_it_is_an_example_of_this_system():
    with speaking("zh_Hans_CN"):
        assert "本系统示例" in str(EXAMPLE)
