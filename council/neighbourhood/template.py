"""The sheet with which a whole neighbourhood is set up at once: which tables, which columns, which words.

Titles and choices are Chinese in every language: they are the format of the file. The explanations are in the reader's language.
"""

from __future__ import annotations

from council.i18n import Phrase
from council.workshop.sheets import Column, Table

YES_NO = {"是": "yes", "否": "no"}
LEVELS = {"社区": "COMMUNITY", "网格": "GRID", "微网格": "MICRO_GRID"}
UNITS = {
    "驻地单位": "resident_unit", "物业公司": "property_company", "业主委员会": "owners_committee", "街道部门": "department",
    "水电气等公用单位": "utility", "社会组织": "social_organisation", "企业商户": "business",
}  # fmt: skip
ORGANISATIONS = {
    "党工委": "working_committee", "党委": "committee", "党总支": "general_branch", "党支部": "branch", "党小组": "group",
    "党员中心户": "centre_household",
}  # fmt: skip
OFFICES = {
    "书记": "secretary", "副书记": "deputy_secretary", "社区工作人员": "clerk", "居委会主任": "director", "居委会委员": "committee_member",
    "网格长": "grid_head", "网格员": "grid_worker", "楼栋长": "building_head", "居民代表": "resident_representative",
    "业委会主任": "owners_committee_head", "物业经理": "property_manager", "单位负责人": "unit_head", "单位代表": "unit_representative",
    "部门工作人员": "department_officer", "居务监督委员": "supervisor", "人民调解员": "mediator",
}  # fmt: skip

VOTERS = {"党员": "party_members", "签约人": "signatories", "其他投票人": "voters"}

NAME = Phrase("The full name, as people know it.")
WHERE = Phrase("The name of a place of this file or one that is entered already. Empty: the place you import for.")

TABLES = (
    Table(
        "places", "地点", Phrase("Communities, grids and micro-grids. Streets are entered on the page."),
        (
            Column("name", "名称", NAME, required=True, limit=64, width=24),
            Column("level", "级别", Phrase("Choose from the list."), required=True, choices=LEVELS),
            Column("parent", "上级地点", WHERE, limit=64, width=24),
            Column("exclusive", "专属网格", Phrase("Yes for a grid of one unit, school or market."), choices=YES_NO),
            Column("code", "编码", Phrase("The official code, if there is one."), limit=32),
        ),
        ("示例：第三网格", "网格", "长风社区", "否", ""),
    ),
    Table(
        "units", "单位", Phrase("Units located here: offices, enterprises, schools, the property company."),
        (
            Column("name", "名称", NAME, required=True, width=32),
            Column("kind", "类别", Phrase("Choose from the list."), required=True, choices=UNITS),
            Column("place", "地点", WHERE, limit=64),
            Column("phone", "电话", Phrase("A number people may ring."), kind="phone"),
        ),
        ("示例：和平宾馆", "驻地单位", "", "0351-4000000"),
    ),
    Table(
        "organisations", "党组织", Phrase("Party organisations. One branch may lead several grids."),
        (
            Column("name", "名称", NAME, required=True, width=32),
            Column("kind", "类别", Phrase("Choose from the list."), required=True, choices=ORGANISATIONS),
            Column("place", "地点", WHERE, limit=64),
            Column("parent", "上级党组织", Phrase("The name of the Party organisation above it."), width=32),
            Column("unit", "所属单位", Phrase("For the branch of a unit: the unit's name."), width=24),
            Column("covers", "负责的地点", Phrase("Names of the places it leads, with 、 between. Empty: its own place."), limit=600, width=32),
            Column("temporary", "临时", Phrase("Yes for a temporary branch."), choices=YES_NO),
        ),
        ("示例：第三网格党支部", "党支部", "第三网格", "长风社区党委", "", "第三网格、第四网格", "否"),
    ),
    Table(
        "households", "住户", Phrase("Homes. Each belongs to exactly one grid."),
        (
            Column("place", "网格", WHERE, required=True, limit=64, width=24),
            Column("building", "楼栋", Phrase("As people say it: 3号楼."), required=True, limit=24),
            Column("unit", "单元", Phrase("If there is one: 2单元."), limit=24),
            Column("room", "房号", Phrase("402"), required=True, limit=24),
        ),
        ("示例：第三网格", "3号楼", "2单元", "402"),
    ),
    Table(
        "people", "人员", Phrase("Only people the council works with. Never an identity-card number."),
        (
            Column("name", "姓名", NAME, required=True, limit=50),
            Column("place", "地点", WHERE, limit=64, width=24),
            Column("phone", "手机号", Phrase("Kept sealed, shown only to those who may ring."), kind="phone"),
            Column("building", "楼栋", Phrase("The home must be on the sheet 住户 or entered already."), limit=24),
            Column("unit", "单元", Phrase("If there is one: 2单元."), limit=24),
            Column("room", "房号", Phrase("402"), limit=24),
            Column("adult", "已满18周岁", Phrase("No for somebody under 18. Empty means yes."), choices=YES_NO),
        ),
        ("示例：张三", "第三网格", "13800000000", "3号楼", "2单元", "402", "是"),
    ),
    Table(
        "offices", "职务", Phrase("Who holds which office from when to when. A person of the sheet 人员 or entered already."),
        (
            Column("name", "姓名", NAME, required=True, limit=50),
            Column("phone", "手机号", Phrase("Only where two people have the same name."), kind="phone"),
            Column("code", "职务", Phrase("Choose from the list."), required=True, choices=OFFICES),
            Column("organisation", "党组织", Phrase("For secretaries: of which Party organisation."), width=32),
            Column("unit", "单位", Phrase("For heads and representatives of units."), width=24),
            Column("place", "地点", Phrase("For all others: where. Empty: the place you import for."), limit=64, width=24),
            Column("first_day", "任期开始", Phrase("Empty means today."), kind="day"),
            Column("last_day", "任期结束", Phrase("The power ends at midnight of this day. Empty: no end is set."), kind="day"),
        ),
        ("示例：张三", "", "书记", "第三网格党支部", "", "", "2026-01-01", "2030-12-31"),
    ),
    Table(
        "owners", "业主", Phrase("The owners of a compound with their areas: who decides about shared property (Civil Code art. 278)."),
        (
            Column("name", "业主姓名", Phrase("Several owners of one home count as one: 张三、李四."), required=True, limit=50, width=24),
            Column("number", "区分号", Phrase("Only where two owners have the same name: 1, 2 …"), limit=24),
            Column("address", "房屋地址", Phrase("One row a home. Several homes of one owner count as one person."), required=True, limit=80),
            Column("area", "建筑面积（平方米）", Phrase("As in the property certificate, two decimals."), "area", required=True, width=24),
        ),
        ("示例：张三", "", "3号楼2单元402", "88.16"),
    ),
    Table(
        "voters", "投票人名单", Phrase("Lists of who votes, such as the Party members of a branch. A new list takes the place of the one before."),
        (
            Column("name", "姓名", NAME, required=True, limit=50, width=24),
            Column("number", "区分号", Phrase("Only where two people have the same name: 1, 2 …"), limit=24),
            Column("kind", "名单", Phrase("Choose from the list."), required=True, choices=VOTERS),
        ),
        ("示例：张三", "", "党员"),
    ),
)  # fmt: skip

GUIDE_TITLE = "填写说明"
GUIDE = (
    Phrase("Fill in only the sheets you need. A column with * must be filled in. Grey example rows are not read."),
    Phrase("Places, units and organisations are named by their names; a name may stand on another sheet of this file."),
    Phrase("Before anything is entered you see what was read, and every mistake with its sheet, row and column. Either all is entered or nothing."),
    Phrase("What is entered already is left as it is, so the same file can be sent again."),
    Phrase("Never write identity-card numbers or bank cards."),
)
