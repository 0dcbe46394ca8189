"""What a person should look at before an opinion is shown: abuse, a neighbour's door, a way to reach somebody. Marked, never hidden by a machine.

Only statements, which others read at once, are not taken with words of plain abuse in them: whoever writes one is asked to say it otherwise.
"""

from __future__ import annotations

import re

from council.i18n import Phrase
from council.refusals import Refusal

# Words that are abuse wherever they stand; what may also be meant kindly or as a complaint ("骗人", "垃圾") is not among them.
ABUSE = re.compile(
    r"傻[逼比屄叉X]|煞笔|沙雕|王八蛋|混蛋|狗日的|狗娘养|操你|草你妈|他妈的|你妈的|尼玛|去死|找死|婊子|贱人|贱货|杂种|畜生|人渣|脑残|智障|白痴|"
    r"滚蛋|滚出去|不要脸|老不死|乡巴佬|(?<![a-z])s\.?b(?![a-z])|fuck|shit|bitch",
    re.IGNORECASE,
)  # fmt: skip
DOOR = re.compile(r"\d+\s*(?:号楼|栋|幢|座).{0,8}?\d{3,4}|(?<!\d)\d{3,4}\s*(?:室|户|的?(?:业主|邻居|那家|人家))")
REACHED = re.compile(r"微信号?\s*[:：]?\s*[a-zA-Z][\w-]{5,}|QQ\s*号?\s*[:：]?\s*\d{5,}|[\w.+-]+@[\w-]+\.\w+|https?://|www\.", re.IGNORECASE)
MARKS: tuple[tuple[re.Pattern[str], Phrase], ...] = (
    (ABUSE, Phrase("may insult somebody")), (DOOR, Phrase("names a door")), (REACHED, Phrase("says how to reach somebody")),
)  # fmt: skip


def marked(words: str) -> list[Phrase]:
    """Why a person should look at these words twice; mostly nothing."""
    return [why for pattern, why in MARKS if pattern.search(words)]


def check_manners(words: str, field: str = "words") -> str:
    """The words themselves; a Refusal when there is plain abuse or a way to reach somebody in them."""
    if ABUSE.search(words):
        raise Refusal("Others read this at once. Please say it without insulting anybody.", field=field)
    if REACHED.search(words):
        raise Refusal("Others read this at once. Please leave out how to reach somebody.", field=field)
    return words
