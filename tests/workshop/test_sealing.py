import asyncio
import os
from dataclasses import replace

import pytest

from council.refusals import Refusal
from council.workshop import authority, pades, sealing
from council.workshop.sealing import Sealer, Unreadable, WrongPin
from tests.workshop import cast

SECRET, OTHER = b"s" * 32, b"t" * 32
PIN = "730518"
# As it is in earnest, kept before the tests make guesses cheap for themselves.
IN_EARNEST = dict(sealing.WORK)


@pytest.fixture(scope="module")
def key():
    return authority.new_key()


@pytest.fixture(scope="module")
def wrapped(key):
    return Sealer([SECRET]).wrap(key, PIN, "unit:7")


def test_a_guess_at_a_pin_takes_32_megabytes_in_earnest(key, monkeypatch):
    assert 128 * IN_EARNEST["r"] * IN_EARNEST["n"] == 32 << 20
    monkeypatch.setitem(sealing.WORK, "n", IN_EARNEST["n"])
    sealer = Sealer([SECRET])
    stored = sealer.wrap(key, PIN, "unit:7")
    assert sealer.unwrap(stored, PIN, "unit:7") == key
    monkeypatch.undo()
    with pytest.raises(WrongPin):
        sealer.unwrap(stored, PIN, "unit:7")


def test_the_right_pin_opens_the_key(key, wrapped):
    assert Sealer([SECRET]).unwrap(wrapped, PIN, "unit:7") == key
    assert key[36:68] not in wrapped, "the private number does not stand in what is stored"


def test_a_wrong_pin_another_owner_or_a_changed_byte_opens_nothing(wrapped):
    sealer = Sealer([SECRET])
    for pin, owner, blob in (
        ("730519", "unit:7", wrapped),
        ("", "unit:7", wrapped),
        (PIN, "unit:8", wrapped),
        (PIN, "unit:7", wrapped[:-1] + bytes([wrapped[-1] ^ 1])),
        (PIN, "unit:7", wrapped[:6] + bytes([wrapped[6] ^ 1]) + wrapped[7:]),
    ):
        with pytest.raises(WrongPin):
            sealer.unwrap(blob, pin, owner)


def test_the_pin_without_the_server_secret_opens_nothing(wrapped):
    with pytest.raises(Unreadable):
        Sealer([OTHER]).unwrap(wrapped, PIN, "unit:7")
    forged = Sealer([OTHER]).wrap(b"x", PIN, "unit:7")[:4] + wrapped[4:]
    with pytest.raises(WrongPin):
        Sealer([OTHER]).unwrap(forged, PIN, "unit:7")


async def test_without_the_pin_nothing_can_be_signed(register, frozen):
    """Database, settings and files are all there; only the PIN is not."""
    sealer, hand = Sealer([SECRET]), register.hands[0]
    stored = sealer.wrap(hand.key, PIN, "unit:7")
    for guess in ("000000", "123457", "730517", PIN + "0"):
        with pytest.raises(WrongPin):
            await asyncio.to_thread(sealer.unwrap, stored, guess, "unit:7")
    for not_a_key in (stored, stored[32:], SECRET, os.urandom(138)):
        with pytest.raises(Exception):  # noqa: B017 - whatever the parser says, no signature comes out
            await cast.sign(frozen, replace(hand, key=not_a_key), register.chain)
    key = await asyncio.to_thread(sealer.unwrap, stored, PIN, "unit:7")
    signed = await cast.sign(frozen, replace(hand, key=key), register.chain)
    assert await pades.serials(signed) == (hand.serial,), "control: with the PIN it signs"


def test_the_pin_can_be_changed(key, wrapped):
    sealer = Sealer([SECRET])
    again = sealer.change_pin(wrapped, PIN, "260904", "unit:7")
    assert sealer.unwrap(again, "260904", "unit:7") == key
    with pytest.raises(WrongPin):
        sealer.unwrap(again, PIN, "unit:7")


@pytest.mark.parametrize("pin", ["", "12345", "111111", "123456", "654321", "9" * 65])
def test_a_pin_anybody_would_try_is_refused(pin):
    with pytest.raises(Refusal):
        Sealer([SECRET]).wrap(b"key", pin, "unit:7")


def test_a_text_opens_only_for_its_purpose_and_with_the_secret():
    sealer = Sealer([SECRET])
    sealed = sealer.seal_text("13800000000", "telephone")
    assert b"13800000000" not in sealed
    assert sealer.open_text(sealed, "telephone") == "13800000000"
    assert sealer.seal_text("13800000000", "telephone") != sealed
    for other, purpose in ((sealer, "name"), (Sealer([OTHER]), "telephone")):
        with pytest.raises(Unreadable):
            other.open_text(sealed, purpose)
    with pytest.raises(Unreadable):
        sealer.open_text(sealed[:-1] + bytes([sealed[-1] ^ 1]), "telephone")


def test_a_new_secret_leaves_old_texts_keys_and_look_ups_readable(key, wrapped):
    old, new = Sealer([SECRET]), Sealer([OTHER, SECRET])
    assert new.open_text(old.seal_text("x", "telephone"), "telephone") == "x"
    assert new.unwrap(wrapped, PIN, "unit:7") == key
    assert new.keyed_digest("13800000000", "telephone") == old.keyed_digest("13800000000", "telephone")
    with pytest.raises(Unreadable):
        old.open_text(new.seal_text("x", "telephone"), "telephone")


def test_look_up_digests_differ_by_text_purpose_and_secret():
    sealer = Sealer([SECRET])
    made = {
        sealer.keyed_digest("13800000000", "telephone"),
        sealer.keyed_digest("13800000001", "telephone"),
        sealer.keyed_digest("13800000000", "login"),
        Sealer([OTHER]).keyed_digest("13800000000", "telephone"),
    }
    assert len(made) == 4


def test_a_salted_digest_says_nothing_without_its_salt():
    salt = sealing.new_salt()
    assert sealing.salted_digest("同意", salt) == sealing.salted_digest("同意", salt)
    assert sealing.salted_digest("同意", salt) != sealing.salted_digest("同意", sealing.new_salt())


def test_a_short_secret_is_not_accepted_and_never_shown():
    with pytest.raises(ValueError):
        Sealer([b"short"])
    assert SECRET.decode() not in repr(Sealer([SECRET]))
