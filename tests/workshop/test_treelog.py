"""The vectors are the well-known ones of Certificate Transparency: eight leaves, their roots and paths."""

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.workshop import treelog

LEAVES = [
    treelog.leaf(bytes.fromhex(data))
    for data in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_are_those_of_the_standard_vectors():
    assert treelog.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [treelog.root(LEAVES[: n + 1]).hex() for n in range(8)] == ROOTS


def test_the_paths_are_those_of_the_standard_vectors():
    assert [step.hex()[:8] for step in treelog.inclusion_proof(LEAVES, 5)] == [
        "bc1a0643",
        "ca854ea1",
        "d37ee418",
    ]
    assert [step.hex()[:8] for step in treelog.inclusion_proof(LEAVES[:3], 2)] == ["fac54203"]
    assert [step.hex()[:8] for step in treelog.consistency_proof(LEAVES, 6)] == [
        "0ebc5d34",
        "ca854ea1",
        "d37ee418",
    ]
    assert treelog.consistency_proof(LEAVES, 8) == []


def flip(digest: bytes) -> bytes:
    return bytes([digest[0] ^ 1]) + digest[1:]


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_can_be_proved_and_nothing_else(size):
    leaves = [treelog.leaf(bytes([n])) for n in range(size)]
    head = treelog.root(leaves)
    for index in range(size):
        proof = treelog.inclusion_proof(leaves, index)
        assert treelog.check_inclusion(head, size, index, leaves[index], proof)
        assert not treelog.check_inclusion(head, size, index, flip(leaves[index]), proof)
        assert not treelog.check_inclusion(head, size, (index + 1), leaves[index], proof) or size == 1
        assert not treelog.check_inclusion(head, size, index, leaves[index], [*proof, head])
        for n in range(len(proof)):
            wrong = [*proof[:n], flip(proof[n]), *proof[n + 1 :]]
            assert not treelog.check_inclusion(head, size, index, leaves[index], wrong)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_earlier_head_is_consistent_and_a_rewritten_one_is_not(size):
    leaves = [treelog.leaf(bytes([n])) for n in range(size)]
    head = treelog.root(leaves)
    for earlier in range(1, size + 1):
        before, proof = treelog.root(leaves[:earlier]), treelog.consistency_proof(leaves, earlier)
        assert treelog.check_consistency(before, earlier, head, size, proof)
        assert not treelog.check_consistency(flip(before), earlier, head, size, proof)
        assert not treelog.check_consistency(before, earlier, flip(head), size, proof)
        assert not treelog.check_consistency(before, earlier, head, size, [*proof, head])


def test_a_log_cut_and_grown_again_does_not_fit_its_published_head():
    leaves = [treelog.leaf(bytes([n])) for n in range(10)]
    published = treelog.root(leaves[:8])
    rewritten = [*leaves[:6], treelog.leaf(b"other"), *leaves[7:]]
    proof = treelog.consistency_proof(rewritten, 8)
    assert not treelog.check_consistency(published, 8, treelog.root(rewritten), 10, proof)


@given(st.lists(st.binary(max_size=8), max_size=80))
def test_growing_leaf_by_leaf_gives_the_same_root_with_few_peaks(entries):
    end = treelog.Frontier()
    for data in entries:
        end = end.append(treelog.leaf(data))
    assert end.root() == treelog.root([treelog.leaf(data) for data in entries])
    assert len(end.peaks) == bin(len(entries)).count("1")


def grown(size: int, other: int = -1) -> tuple[pymerkle.InmemoryTree, list[bytes]]:
    """The same log told to a library that shares no code with ours, and as our leaves; the entry at `other` says something else."""
    tree, leaves = pymerkle.InmemoryTree(algorithm="sha256"), []
    for n in range(size):
        data = b"other" if n == other else bytes([n])
        tree.append_entry(data)
        leaves.append(treelog.leaf(data))
    return tree, leaves


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 21])
def test_an_independent_library_comes_to_the_same_roots_and_proofs(size):
    tree, leaves = grown(size)
    assert [tree.get_root(n) for n in range(size + 1)] == [treelog.root(leaves[:n]) for n in range(size + 1)]
    for index in range(size):
        theirs = tree.prove_inclusion(index + 1, size)
        assert theirs.path == [leaves[index], *treelog.inclusion_proof(leaves, index)]
        pymerkle.verify_inclusion(leaves[index], treelog.root(leaves), theirs)
    for earlier in range(1, size + 1):
        pymerkle.verify_consistency(treelog.root(leaves[:earlier]), treelog.root(leaves), tree.prove_consistency(earlier, size))
    assert treelog.check_consistency(treelog.EMPTY, 0, treelog.EMPTY, 0, [])
    assert not treelog.check_inclusion(treelog.EMPTY, 0, 0, treelog.leaf(b""), [])


@pytest.mark.parametrize(("size", "other"), [(9, 0), (9, 6), (21, 15), (2, 0)])
def test_both_refuse_a_log_that_was_rewritten_behind_a_published_head(size, other):
    _, honest = grown(size)
    tree, rewritten = grown(size, other)
    for earlier in range(other + 1, size):
        with pytest.raises(pymerkle.InvalidProof):
            pymerkle.verify_consistency(treelog.root(honest[:earlier]), treelog.root(rewritten), tree.prove_consistency(earlier, size))
        proof = treelog.consistency_proof(rewritten, earlier)
        assert not treelog.check_consistency(treelog.root(honest[:earlier]), earlier, treelog.root(rewritten), size, proof)
