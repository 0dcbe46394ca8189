"""Whom a topic concerns: by its subject those who have to do with it, so that nobody is invited, or left out, without a reason.

Resident units must send somebody when a matter concerns them (RC 46); the supervision committee may sit in on every meeting (RC 36).
The rows are this house's own, drawn from the seventy-two matters of the sorter; whoever calls the meeting has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from council.i18n import Phrase


@dataclass(frozen=True, slots=True)
class Subject:
    """`words` in a topic tell it; `groups` are those whom a kind of meeting may call; `units` are parts of the names of units."""

    name: Phrase
    words: tuple[str, ...]
    groups: frozenset[str]
    units: tuple[str, ...] = ()

    def concerns(self, group: str, unit: str = "") -> bool:
        """Has this group to do with it, or the unit by its name? Where units are told by name, a group alone is not enough."""
        if unit and any(part in unit for part in self.units):
            return True
        return group in self.groups


def _row(name: Phrase, words: str, groups: str, units: str = "") -> Subject:
    return Subject(name, tuple(words.split()), frozenset(groups.split()), tuple(units.split()))


HOUSE = "property_manager owners_committee_head"
SUBJECTS = (
    _row(Phrase("parking"), "停车 车位 乱停 道闸", HOUSE, "交警 执法"),
    _row(Phrase("shared parts of the building"), "楼道 屋顶 外墙 门禁 监控 坡道 扶手 单元门 院灯 路灯 加装电梯 电梯", f"{HOUSE} building_head"),
    _row(Phrase("the property company and the maintenance fund"), "物业 维修资金 公共收益 业委会", HOUSE, "物业"),
    _row(Phrase("charging and fire safety"), "充电 飞线 消防 电动车", f"{HOUSE} building_head", "消防 供电 电力"),
    _row(Phrase("heating"), "暖气 供暖 供热 不热", "", "供热 热力 供暖"),
    _row(Phrase("gas"), "燃气 煤气 天然气", "", "燃气"),
    _row(Phrase("water and sewage"), "停水 水压 污水 下水道 化粪池 漏水 水管", HOUSE, "水务 自来水 供水 排水"),
    _row(Phrase("electricity"), "停电 电表 电压 变压器", "", "供电 电力"),
    _row(Phrase("greening and cleanliness"), "绿化 垃圾 清运 卫生 种菜 修枝 堆物", HOUSE, "城管 环卫 园林 执法"),
    _row(Phrase("noise and stalls"), "噪声 噪音 广场舞 油烟 占道 摆摊 烧烤", "building_head", "执法 城管 派出所"),
    _row(Phrase("dogs"), "养犬 狗", "building_head property_manager", "派出所 执法"),
    _row(Phrase("the old and those who need care"), "养老 食堂 独居 助餐 日间照料", "building_head centre_household", "卫生 医院 养老 民政"),
    _row(Phrase("schools and children"), "学校 幼儿园 接送 课后 儿童", "", "学校 小学 中学 幼儿园 交警"),
    _row(Phrase("renewal of the estate"), "改造 健身 长椅 活动场地 广场 公园", f"{HOUSE} building_head", "建设 住建 施工"),
    _row(Phrase("neighbours' disputes"), "纠纷 漏到 吵 邻居 矛盾", "mediator building_head centre_household", "派出所 司法所"),
)  # fmt: skip


def subjects(texts: Iterable[str]) -> tuple[Subject, ...]:
    """The subjects that the topics touch, in the order of the table."""
    said = "\n".join(texts)
    return tuple(one for one in SUBJECTS if any(word in said for word in one.words))


def reason(texts: Iterable[str], group: str, unit: str = "") -> Phrase | None:
    """Why the topics concern a group or a unit; None where they do not."""
    said = list(texts)
    if unit and any(_short(unit) in text for text in said):
        return Phrase("A topic names it")
    for one in subjects(said):
        if one.concerns(group, unit):
            return Phrase("A topic concerns it: %(subject)s", subject=one.name)
    return None


def _short(unit: str) -> str:
    """The name as people say it, without its legal form."""
    for tail in ("有限责任公司", "有限公司", "公司"):
        unit = unit.removesuffix(tail)
    return unit
