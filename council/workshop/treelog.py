"""A log nobody can rewrite unnoticed: the hash tree of RFC 6962, section 2.1.

A leaf is SHA-256(00‖data), a node SHA-256(01‖left‖right). Appending needs only the frontier: the roots of
the complete subtrees, at most one per binary digit of the size. Proofs are short lists of hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (≥ 2): where a tree divides."""
    return 1 << (size - 1).bit_length() - 1


@dataclass(frozen=True)
class Frontier:
    """How a log ends: its size and the roots of its complete subtrees, the largest first.

    Enough to append an entry and to state the root.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf_hash: bytes) -> Frontier:
        """The frontier with one more leaf; O(log n)."""
        peaks, carry = list(self.peaks), self.size
        while carry & 1:
            leaf_hash = node(peaks.pop(), leaf_hash)
            carry >>= 1
        return Frontier(self.size + 1, (*peaks, leaf_hash))

    def root(self) -> bytes:
        """The tree head."""
        if not self.peaks:
            return EMPTY
        head = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            head = node(peak, head)
        return head


def frontier(leaves: Sequence[bytes]) -> Frontier:
    """The frontier of a whole list of leaf hashes."""
    end = Frontier()
    for each in leaves:
        end = end.append(each)
    return end


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree head over leaf hashes."""
    return frontier(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at `index`, from the bottom up (RFC 6962 §2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root(leaves[:k])]


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """Proof that the tree of the first `earlier` leaves is the beginning of this one (RFC 6962 §2.1.2)."""
    if not 0 < earlier <= len(leaves):
        raise IndexError(earlier)
    return _subproof(earlier, leaves, ()) if earlier < len(leaves) else []


def _subproof(m: int, leaves: Sequence[bytes], known: tuple[bytes, ...] | None) -> list[bytes]:
    """`known` is () while the earlier root itself needs no mention, None once it does."""
    if m == len(leaves):
        return [] if known == () else [root(leaves)]
    k = _split(len(leaves))
    if m <= k:
        return [*_subproof(m, leaves[:k], known), root(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], None), root(leaves[:k])]


def check_inclusion(head: bytes, size: int, index: int, leaf_hash: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from the leaf to the head (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or len(head) != len(EMPTY):
        return False
    fn, sn, reached = index, size - 1, leaf_hash
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            reached = node(step, reached)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            reached = node(reached, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and reached == head


def check_consistency(
    earlier_head: bytes, earlier: int, head: bytes, size: int, proof: Sequence[bytes]
) -> bool:
    """Whether the later head only adds to the earlier one (RFC 9162 §2.1.4.2)."""
    if not 0 < earlier <= size:
        return size == 0 and not proof and earlier_head == head == EMPTY
    if earlier == size:
        return not proof and earlier_head == head
    path = list(proof) if earlier & (earlier - 1) else [earlier_head, *proof]
    if not path:
        return False
    return _climb(earlier - 1, size - 1, path) == (earlier_head, head)


def _climb(fn: int, sn: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """Both heads as the path says, or None when it has the wrong length."""
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for step in path[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            old, new = node(step, old), node(step, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node(new, step)
        fn, sn = fn >> 1, sn >> 1
    return (old, new) if sn == 0 else None
