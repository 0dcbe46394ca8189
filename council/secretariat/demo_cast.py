"""Who is who in the demonstration: names only, so that a start can print their links without loading the rest."""

from __future__ import annotations

# Whom a visitor of the demo may be: name -> what they are.
CAST = {
    "王秀兰": "居民 resident",
    "郑凯": "网格员 grid worker",
    "周敏": "社区党委书记 secretary of the community",
    "蒋文": "社区工作人员 community staff",
    "冯丽": "第一网格党支部书记 secretary of the grid branch",
    "吴江": "街道党工委书记 secretary of the street",
    "杨帆": "执法队 department officer",
    "韩雪": "共建单位书记 secretary of a partner unit",
    "何平": "管理员 operator",
}

# Listed members of the community review council beside the officers: 23 in all.
COUNCILLORS = (
    "贾明 石芳 龚强 邱敏 侯军 邵丽 孟伟 万红 段勇 钱芬 汤杰 尹梅 黎斌 易兰 常青 武艳 乔峰林 贺静"
).split()
