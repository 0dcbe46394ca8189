"""Which resources fit a need: of the kind that was asked for, or with words in common. It suggests; people decide.

Two Chinese texts are compared by their pairs of signs (讲师 → one pair), because a resource of four signs shares few longer runs with
a need. Words that tell nothing are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from council.rules.likeness import plain

# Ours: words that stand in needs and resources alike, whatever they are about. They are cut out before pairs are formed.
EMPTY = re.compile(
    "居民|社区|服务|每月|每周|每日|每天|工作日|上午|下午|周[一二三四五六日末]|第.周|一次|两次|小时|可以|提供|提前|一个|一间|名额|老人|人员|单位|需要|希望|以上|[〇一二三四五六七八九十百千两几余多]+[人名户份间次场位]?"
)


@dataclass(frozen=True, slots=True)
class Fit:
    """Why a resource stands beside a need: the same kind, or the pairs of signs both hold."""

    key: int
    same_kind: bool
    common: tuple[str, ...]

    @property
    def weight(self) -> int:
        """More is better: the kind that was asked for counts as three common pairs."""
        return 3 * self.same_kind + len(self.common)


def pairs(text: str) -> frozenset[str]:
    """The telling pairs of signs of a text."""
    words = EMPTY.sub(" ", text).split()
    return frozenset(a + b for word in words for a, b in pairwise(plain(word)) if not (a + b).isdigit())


def fitting(need: str, kind: str, offers: Mapping[int, tuple[str, str]]) -> list[Fit]:
    """`offers` is key -> (words, kind). Those that fit, the best first, then the earlier entered; `kind` may be empty (not said)."""
    wanted = pairs(need)
    found = [Fit(key, bool(kind) and kind == of, tuple(sorted(wanted & pairs(words)))) for key, (words, of) in sorted(offers.items())]
    return sorted((fit for fit in found if fit.weight), key=lambda fit: -fit.weight)
