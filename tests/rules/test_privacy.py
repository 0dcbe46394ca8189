"""Identity-card and bank-card numbers are caught however they are written; what is published is masked.

Every number here is invented; region 999999 and dates are only of the right shape.
"""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.refusals import Refusal
from council.rules.privacy import check_sign, check_text, find, luhn, mask_name, mask_phone, redact

SEVENTEEN = "51010219900101123"
CARD = SEVENTEEN + check_sign(SEVENTEEN)
WITH_X = next(s + "X" for n in range(999) if check_sign(s := f"51010219900101{n:03d}") == "X")


def test_the_check_sign_is_the_one_of_the_standard() -> None:
    assert check_sign("11010519491231002") == "X"  # the example printed in GB 11643
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        WITH_X,
        WITH_X.lower(),
        f"我叫张三，身份证{CARD}，住三栋",
        SEVENTEEN + "0",  # a wrong check sign is still somebody's mistyped number
        "510102900101123",  # fifteen digits of the older cards
        "５１０１０２１９９００１０１１２３４",
        f"{CARD[:6]} {CARD[6:14]} {CARD[14:]}",
        f"{CARD[:6]}-{CARD[6:14]}-{CARD[14:]}",
        "5101 0219 9001 0112 34",
        "\u200b".join(CARD),
        "五一零一零二一九九〇〇一〇一一二三四",
        CARD + "13800000000",
        "编号00" + CARD,
        WITH_X[:-1] + "×",
    ],
)
def test_an_identity_number_is_refused_and_hidden(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_text(text, "text")
    assert (refused.value.field, refused.value.status) == ("text", 422)
    assert "身份证" in str(refused.value)
    assert "［证件号已隐去］" in redact(text)
    assert not find(redact(text))


@pytest.mark.parametrize(
    "text", ["4111111111111111", "卡号6222021234567890128", "6222 0212 3456 7890 128", "4111-1111-1111-1111"]
)
def test_a_bank_card_is_refused_and_hidden(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_text(text)
    assert "银行卡" in str(refused.value)
    assert "［卡号已隐去］" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3栋2单元501，2026-11-21 14:30",
        "13800000000 13900000000",
        "138 0000 0000，028-12345678，12345",
        "共建〔2026〕第001号 2022-06-01 至 2023-05-31",
        "4111111111111112",  # sixteen digits that check nothing
        "25200.00平方米，420户",
        "00" + SEVENTEEN + "000000",  # a long number in which nothing checks
        "一二三四五，上山打老虎",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert check_text(text) == text
    assert find(text) == ()


def test_what_is_published_carries_no_telephone_and_no_given_name() -> None:
    told = redact(
        "张小明（138 0000 1234）和欧阳娜娜说，028-12345678 打不通，改打12345", ["张小明", "欧阳娜娜", ""]
    )
    assert told == "张*明（138****1234）和欧阳**说，028-****5678 打不通，改打12345"
    assert redact("电话１３８００００１２３４") == "电话138****1234"


def test_a_longer_name_is_masked_before_the_shorter_one_within_it() -> None:
    assert redact("王小明明和王小明", ["王小明", "王小明明"]) == "王**明和王*明"


@pytest.mark.parametrize("text", ["1 " * 40_000, "7" * 80_000, "1-" * 40_000 + "X", "13" * 40_000])
def test_a_page_of_digits_is_read_in_no_time(text: str) -> None:
    before = process_time()
    redact(text)
    assert process_time() - before < 5


@given(st.text(max_size=60) | st.text("0123456789Xx -一二〇", max_size=80))
def test_redacting_never_fails_and_leaves_no_number(text: str) -> None:
    assert not [one for one in find(redact(text)) if one.what == "identity"]


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("王小明", "王*明"), ("欧阳娜娜", "欧阳**"), ("欧阳修", "欧阳*"), ("王", "*"), ("", ""),
     ("𠮷田", "𠮷*"), ("买买提·艾山江", "买*提·**"), ("司马", "司*")],
)  # fmt: skip
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13800000000", "138****0000"), ("138 0000 0000", "138****0000"), ("+86 13800000000", "138****0000"),
     ("028-12345678", "028-****5678"), ("0351-1234567", "0351-****4567"), ("02812345678", "028****5678"),
     ("110", "***"), ("abc123", "****23")],
)  # fmt: skip
def test_a_telephone_number_is_masked(number: str, masked: str) -> None:
    assert mask_phone(number) == masked
