"""Codes that are read aloud and typed back."""

from __future__ import annotations

import random

import pytest

from council.refusals import Refusal
from council.rules.numbering import (
    SIGNS,
    address_of,
    agreement_number,
    personal_code,
    query_code,
    read_code,
    room_number,
    show_code,
    show_room,
)


def test_thirty_signs_none_of_which_looks_like_another() -> None:
    assert len(set(SIGNS)) == len(SIGNS) == 30
    assert not set(SIGNS) & set("01OILU")


def test_a_code_shown_in_groups_is_read_back() -> None:
    code = query_code(random.Random(7).choice)
    assert len(code) == 12
    shown = show_code(code)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4]
    for typed in (shown, shown.lower(), shown.replace("-", " "), f" {code}　", shown.replace("-", "—")):
        assert read_code(typed) == code
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert read_code(wide) == code


@pytest.mark.parametrize("typed", ["", "2345", "0" * 12, "U" * 12, "2" * 13, "二" * 12, "2" * 11 + "ß"])
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_code(typed)
    assert refused.value.field == "code"


def test_a_personal_code_has_eight_signs() -> None:
    assert len(read_code(personal_code(), 8)) == 8


def test_codes_differ_from_one_draw_to_the_next() -> None:
    assert len({query_code() for _ in range(200)}) == 200


def test_a_room_number_never_begins_with_nought() -> None:
    numbers = {room_number() for _ in range(200)}
    assert all(len(n) == 6 and n.isdigit() and n[0] != "0" for n in numbers)
    assert show_room("482913") == "482 913"


@pytest.mark.parametrize(("serial", "number"), [(1, "共建〔2026〕第001号"), (1234, "共建〔2026〕第1234号")])
def test_an_agreement_number(serial: int, number: str) -> None:
    assert agreement_number(2026, serial) == number


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("3号楼402 王秀兰", ("3号楼", "", "402")), ("3号楼2单元1203、5号楼101 李建国", ("3号楼", "2单元", "1203")), ("12栋-301", ("12栋", "", "301")),
        ("院北车库 赵大力", ("", "", "")), ("1号楼00001", ("", "", "")),
    ],
)  # fmt: skip
def test_an_address_is_read_from_a_line_of_a_register(text, home) -> None:
    assert address_of(text) == home
