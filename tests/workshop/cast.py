"""An agreement of five in the shape of 1 June 2022, between organisations and persons that do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256

from council import i18n, markup
from council.workshop import authority, pades, pdf
from council.workshop.papers import AgreementPaper, Annex, Clause, Mark, Signatory
from council.workshop.pictures import Ink, ink

i18n.compile_catalogues()
NUMBER = "共建〔2026〕第001号"
MORNING = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)

FIVE = (
    Signatory("willow", "甲　方", "中共松坪街道柳荫社区委员会", "林晓岚", "书记", liaison="周可"),
    Signatory("hotel", "乙方一", "云岭饭店党支部", "贺启明", "书记", "云岭饭店有限公司", "白露"),
    Signatory("clinic", "乙方二", "康和医院党支部", "苏玉珂", "书记", "康和医院", "方宁"),
    Signatory("college", "乙方三", "老年大学柳荫分校临时党支部", "陈龑", "书记", "老年大学柳荫分校", "孟兰"),
    Signatory("court", "乙方四", "槐香小区业主委员会党支部", "贾文澜", "书记", "槐香小区业主委员会", "马骁"),
)

CLAUSES = (
    Clause("共建原则", ("党建引领、自愿平等、资源共享、优势互补、注重实效、服务居民。",)),
    Clause(
        "共建期限",
        ("自2026年12月1日起至2027年11月30日止。期满前三十日，各方书面同意可以续签；未续签的，到期终止。",),
    ),
    Clause(
        "共建内容",
        (
            "（一）组织联建：联合开展主题党日，每年不少于4次。",
            "（二）活动合办：共同举办邻里节、重阳敬老和便民集市，活动方案提前七日公示。",
            "（三）服务互助：为高龄、独居和行动不便的居民提供助餐、义诊和陪伴服务。",
            "（四）场所共用：云岭饭店多功能厅每周三14:00—17:00开放，容纳60人，安全责任人贺启明。",
            "（五）应急联防：遇火情、内涝、停水停电等情形，各方按预案派出人员和物资，服从现场统一指挥。",
        ),
    ),
    Clause(
        "三张清单",
        (
            "需求清单（附件一）、资源清单（附件二）、项目清单（附件三）为本协议组成部分。"
            "项目应当载明名称、受益对象、牵头方、配合方、时间、数量指标、完成标志和责任人。",
        ),
    ),
    Clause(
        "甲方职责",
        (
            "甲方负责牵头召开联席会议，每季度不少于一次；收集居民需求，公布三张清单；协调场地和居民组织；"
            "对共建单位参与情况作出书面评价，可以向其上级党组织反映。",
        ),
    ),
    Clause(
        "乙方职责",
        (
            "乙方各方认领项目并指定责任人，按约定开放场所、选派党员志愿者，参加联席会议和网格议事会，遵守居民公约，依法开展活动。",
        ),
    ),
    Clause("议事与通报", ("重要事项经联席会议讨论。会议由甲方主持，形成纪要，并向居民公示。",)),
    Clause(
        "经费与安全",
        (
            "各项目费用由牵头方承担，不得向居民摊派。活动主办方负责现场安全，"
            "落实应急预案。",
        ),
    ),
    Clause(
        "个人信息",
        ("因共建取得的居民个人信息，仅用于本协议约定的项目，项目结束后删除；未经本人同意不得公开。",),
    ),
    Clause(
        "评价",
        (
            "每年11月开展年度评价，采取居民满意度、项目完成率、各方互评相结合，"
            "结果书面告知各方。",
        ),
    ),
    Clause(
        "变更与退出",
        ("变更应当经全体签署方书面同意。任何一方退出，应当提前三十日书面通知，并妥善完成已启动的项目。",),
    ),
    Clause("争议解决", ("由各方协商；协商不成的，提请松坪街道党工委协调。",)),
    Clause(
        "生效与份数",
        (
            "本协议自全体签署方签署之日与共建期限首日中较晚的一日起生效。一式六份，各方各执一份，街道党工委备案一份。",
        ),
    ),
)

ANNEXES = (
    Annex(
        "需求清单",
        ("序号", "需求", "提出网格", "受益对象", "紧急程度", "时间"),
        (
            ("1", "社区食堂为高龄老人送餐上门", "第二网格", "80岁以上独居老人37人", "较急", "每日11:30前"),
            ("2", "每月一次义诊和用药指导", "第四网格", "慢性病居民", "一般", "每月第二个周六"),
            ("3", "排练合唱和书画的固定场地", "第一网格", "老年文艺队45人", "一般", "每周两次"),
        ),
    ),
    Annex(
        "资源清单",
        ("序号", "单位", "资源名称", "类型", "数量", "可用时间", "条件"),
        (
            ("1", "云岭饭店党支部", "多功能厅", "场地", "1间，60人", "每周三14:00—17:00", "提前三日预约"),
            ("2", "云岭饭店党支部", "中央厨房余量", "设备", "每日60份", "工作日", "收成本价"),
            ("3", "康和医院党支部", "全科医师和护士", "人员", "4人次/月", "每月第二个周六", "社区备场地"),
            ("4", "老年大学柳荫分校临时党支部", "声乐、书画教师", "人员", "2人", "周二、周四上午",
             "教材自备"),
            ("5", "槐香小区业主委员会党支部", "架空层活动室", "场地", "120平方米", "每日8:00—20:00",
             "保持整洁"),
        ),
    ),
    Annex(
        "项目清单",
        ("序号", "项目", "对应需求", "对应资源", "牵头", "配合", "起止", "指标", "责任人", "状态"),
        (
            ("1", "幸福餐桌", "需求1", "资源2", "云岭饭店党支部", "柳荫社区党委",
             "2026年12月1日至2027年11月30日", "送餐每日不少于37份", "贺启明", "待启动"),
            ("2", "健康守门", "需求2", "资源3", "康和医院党支部", "槐香小区业委会党支部",
             "2026年12月12日至2027年11月30日", "义诊不少于12场", "苏玉珂", "待启动"),
            ("3", "银龄课堂", "需求3", "资源1、4、5", "老年大学柳荫分校临时党支部", "云岭饭店党支部",
             "2026年12月1日至2027年6月30日", "排练不少于48次，汇报演出1场", "陈龑", "待启动"),
        ),
    ),
)  # fmt: skip

PAPER = AgreementPaper(
    number=NUMBER,
    title="社区“党建联盟”共建协议书",
    preamble="为坚持党建引领基层治理，推动组织共建、资源共享、活动共办、难题共解，依托养老服务中心和社区食堂，"
    "为居民打造家门口的幸福养老餐桌，经各方充分协商，自愿达成如下协议。",
    signatories=FIVE,
    clauses=CLAUSES,
    annexes=ANNEXES,
    drawn_up=date(2026, 11, 21),
    check_address="https://council.example/verify/GJ-2026-001-7KQ4",
    digest=sha256("协议文本".encode()).hexdigest(),
    level="各方以自己的密钥逐一签署（PAdES 基本级）。",
    demo=True,
)


@dataclass(frozen=True)
class Hand:
    """One signatory with its key and certificate."""

    who: Signatory
    key: bytes
    certificate: bytes

    @property
    def field(self) -> str:
        return f"sig-{self.who.key}"

    @property
    def serial(self) -> int:
        return authority.serial(self.certificate)


@dataclass(frozen=True)
class Register:
    """A root, the certificate that issues under it, and the five hands."""

    root: authority.Pair
    issuing: authority.Pair
    hands: tuple[Hand, ...]

    @property
    def chain(self) -> list[bytes]:
        return [self.issuing.certificate, self.root.certificate]

    @property
    def roots(self) -> list[bytes]:
        return [self.root.certificate]

    def expected(self) -> list[pades.Expected]:
        return [pades.Expected(h.field, h.serial, h.who.organisation) for h in self.hands]


def register(at: datetime = MORNING) -> Register:
    root = authority.root("柳荫社区签名根证书", at)
    issuing = authority.issuing(root, "柳荫社区签发证书", at)

    def hand(who: Signatory) -> Hand:
        key = authority.new_key()
        public = authority.public_of(key)
        return Hand(who, key, authority.issue(issuing, who.secretary, who.organisation, public, at))

    return Register(root, issuing, tuple(map(hand, FIVE)))


@cache
def scrawl(seed: int) -> Ink:
    """A made-up hand: loops and bars that belong to nobody."""
    from math import cos, sin

    strokes = []
    for stroke in range(3):
        reach = 26 + 3 * ((seed + stroke) % 4)
        strokes.append(
            [
                [
                    round(40 + 130 * stroke + 3.1 * t + 16 * sin(t / 3.1 + seed), 1),
                    round(
                        90
                        + reach * sin(t / (2.6 + stroke * 0.5) + seed)
                        + 18 * cos(t / 6 + stroke)
                        - t * 0.6,
                        1,
                    ),
                ]
                for t in range(44)
            ]
        )
    return ink(str(strokes))


def mark_of(hand: Hand, at: datetime, drawn: Ink | None) -> str:
    number = authority.short_number(hand.serial)
    mark = Mark(hand.who.organisation, hand.who.secretary, at, number, drawn, demo=PAPER.demo)
    with i18n.speaking("zh_Hans_CN"):
        return markup.render("papers/mark.html", mark=mark)


def paper_of(paper: AgreementPaper = PAPER) -> str:
    with i18n.speaking("zh_Hans_CN"):
        return markup.render("papers/agreement.html", paper=paper)


async def frozen(paper: AgreementPaper = PAPER) -> bytes:
    """The file everybody signs."""
    made = await pdf.render(paper_of(paper))
    names = {f"sig-{each.key}": each.organisation for each in paper.signatories}
    fields = [pades.Field(name, box, names[name]) for name, box in made.boxes.items()]
    return await pades.prepare_fields(made.pdf, fields)


async def sign(
    file: bytes, hand: Hand, chain: list[bytes], at: datetime = MORNING, drawn: Ink | None = None
) -> bytes:
    face = await pdf.render(mark_of(hand, at, drawn))
    what = pades.Signing(hand.field, face.pdf, "同意并签署共建协议", NUMBER, at)
    return await pades.sign(file, what, hand.key, hand.certificate, chain)
