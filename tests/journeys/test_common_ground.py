"""300 people answered short statements; one more does on a phone. The map finds three groups and what all of them want; in shuffled answers none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PATIENCE, Server, planted, serving
from tests.journeys.walk import LAPTOP, press, shot, told

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("statements")
    with serving(data, planted(data, "statements")) as running:
        yield running


def one_more(phone: Any) -> None:
    """Two statements answered, one of her own added."""
    phone.goto("/consultations/1")
    press(phone, "我来说说")
    told(phone, "已表态0条")
    press(phone, "同意")
    told(phone, "已表态1条")
    press(phone, "不同意")
    told(phone, "已表态2条")
    phone.locator("#words").fill("晚上门口留一条道。")
    press(phone, "添上")
    told(phone, "晚上门口留一条道")


def drawn(page: Any, at: str) -> None:
    """Ended; the map, which a worker draws by and by."""
    page.goto(at)
    press(page, "现在结束")
    for _ in range(3 * PATIENCE):
        page.goto(f"{at}/map")
        if "正在计算" not in page.locator("main").inner_text():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("no map")


def test_three_groups_and_their_common_ground_are_found_and_none_in_shuffled_answers(server: Server, open_as: Any) -> None:
    phone, secretary = open_as(), open_as("secretary", LAPTOP)
    one_more(phone)
    drawn(secretary, "/consultations/1")
    told(secretary, "分成3群")
    expect(secretary.locator("section[aria-labelledby=common] .opinion")).to_have_count(4)
    sizes = [int(re.findall(r"\d+", one)[-1]) for one in secretary.locator(".groups li").all_inner_texts()]
    assert [abs(found - true) <= 6 for found, true in zip(sizes, (150, 90, 60), strict=True)] == [True] * 3, sizes
    shot(secretary, "common-ground")
    phone.goto("/consultations/1/map")
    shot(phone, "common-ground-phone")
    drawn(secretary, "/consultations/2")
    told(secretary, "没有")
    expect(secretary.locator(".groups")).to_have_count(0)
