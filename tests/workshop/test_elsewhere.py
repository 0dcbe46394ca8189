"""A key that never comes here: the browser signs, the file is closed, everybody outside agrees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from council.workshop import authority, pades, pdf
from council.workshop.pades import Kind
from tests.workshop import cast, outside


def browser(key: bytes, data: bytes) -> bytes:
    """What WebCrypto answers: r and s, 32 bytes each."""
    private = serialization.load_der_private_key(key, None)
    r, s = decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


async def ready(register, file, n=1):
    hand = register.hands[n]
    face = (await pdf.render("<style>@page{size:84mm 29mm}</style><p>电子签署")).pdf
    what = pades.Signing(hand.field, face, "同意", cast.NUMBER, cast.MORNING)
    return hand, await pades.prepare(file, what, hand.certificate, register.chain)


async def test_a_key_elsewhere_signs_and_the_verdicts_agree(tmp_path, register, growing):
    hand, made = await ready(register, growing[4], 4)
    assert len(made.attributes) < 300
    signed = await pades.close(made, hand.field, browser(hand.key, made.attributes), hand.certificate, register.chain)
    verdict = await pades.verify(signed, register.roots, register.expected(), at=cast.MORNING + timedelta(hours=10))
    assert verdict.kind is Kind.VALID
    counted = outside.pdfsig(tmp_path, signed, register.root.certificate)
    assert counted == {"signatures": 5, "valid": 5, "trusted": 5, "pades": 5, "whole": 1}


async def test_another_key_other_bytes_or_nonsense_closes_nothing(register, growing):
    hand, made = await ready(register, growing[4], 4)
    right = browser(hand.key, made.attributes)
    for wrong in (browser(authority.new_key(), made.attributes), browser(hand.key, made.attributes + b"x"), right[:-1], b"", bytes(64), b"\xff" * 64):
        with pytest.raises(pades.SigningFault) as refused:
            await pades.close(made, hand.field, wrong, hand.certificate, register.chain)
        assert refused.value.status == 422


async def test_a_filled_place_is_not_made_ready(register, growing):
    with pytest.raises(pades.SigningFault):
        await ready(register, growing[2], 1)
