"""Bounds per address and place: a window that moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.requests import Request

from council.routes import limits


class Clock:
    now = limits.monotonic()


@pytest.fixture
def clock(monkeypatch) -> Iterator[type[Clock]]:
    limits.forget()
    monkeypatch.setattr(limits, "monotonic", lambda: Clock.now)
    monkeypatch.setitem(limits.BOUNDS, "bell:address", ("2 per minute", "3 per 10 minutes"))
    limits._bounds.cache_clear()
    yield Clock
    limits._bounds.cache_clear()
    limits.forget()


def test_bounds_are_read_as_they_are_written(clock):
    assert limits._bounds("bell:address") == ((2, 60), (3, 600))
    assert all(most > 0 and seconds >= 60 for what in limits.BOUNDS for most, seconds in limits._bounds(what))


def test_the_window_moves_and_each_address_has_its_own(clock):
    assert [limits.within("bell:address", "a") for _ in range(2)] == [True, True]
    assert limits.spent("bell:address", "a")
    assert not limits.spent("bell:address", "b")
    clock.now += 61
    assert not limits.spent("bell:address", "a")
    assert limits.within("bell:address", "a")  # the third of ten minutes
    clock.now += 61
    assert not limits.within("bell:address", "a")
    clock.now += 600
    assert limits.within("bell:address", "a")


def test_whoever_keeps_trying_waits_no_longer(clock):
    assert [limits.within("bell:address", "a") for _ in range(9)] == [True, True] + [False] * 7
    clock.now += 601
    assert limits.within("bell:address", "a")


def test_who_has_gone_is_let_go(clock):
    for number in range(50):
        limits.within("bell:address", str(number))
    clock.now += 1_000
    limits.within("bell:address", "last")
    assert {whose for _, whose, _ in limits._counted} == {"last"}


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::7%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7:4711"),
    ],
)
def test_a_line_of_many_addresses_counts_as_one(host, line):
    assert limits.whence(Request({"type": "http", "client": (host, 1)})) == line
