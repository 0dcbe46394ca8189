"""Sealed areas: alone they say nothing, together they add up, and another sum does not fit."""

from __future__ import annotations

import secrets

from hypothesis import given, settings
from hypothesis import strategies as st

from council.workshop.commitments import BYTES, G, H, P, blinding, commit, commit_all, joined
from tests.proofs.recounts import script

AREAS = st.lists(st.integers(0, 10**12), min_size=1, max_size=4)


def test_the_group_is_the_one_of_the_standard_and_the_script_finds_it_by_itself():
    other = script()
    assert (other.P, other.H) == (P, H)
    assert P.bit_length() == 2048
    # Squares lie in the subgroup of prime order (P - 1) / 2.
    assert pow(G, (P - 1) // 2, P) == pow(H, (P - 1) // 2, P) == 1


@given(AREAS, st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_the_product_is_the_seal_of_the_sum_and_of_no_other(areas, dice):
    hidden = [dice.getrandbits(8 * BYTES) for _ in areas]
    made = commit_all(list(zip(areas, hidden, strict=True)))
    assert made == [commit(area, one) for area, one in zip(areas, hidden, strict=True)]
    assert joined(made) == commit(sum(areas), sum(hidden))
    assert joined(made) != commit(sum(areas) + 1, sum(hidden))


def test_the_same_area_is_sealed_differently_each_time_and_only_for_the_holder_of_the_key():
    salt = secrets.token_hex(16)
    first, second = blinding(salt, "9PQ73VAE"), blinding(salt, "A9M3227Y")
    assert commit(885_000, first) != commit(885_000, second)
    assert blinding(secrets.token_hex(16), "9PQ73VAE") != first
