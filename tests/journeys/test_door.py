"""The door: the front page in a real browser, signed in and not, with and without script."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_a_resident_switches_to_large_type_and_it_stays(open_as, script):
    page = open_as(script=script)
    page.goto("/")
    page.get_by_role("button", name="大字版").click()
    page.goto("/")
    assert "large" in page.locator("html").get_attribute("data-mode")


def test_a_signed_in_secretary_sees_her_name(open_as, server):
    page = open_as("secretary", size=(1280, 800))
    page.goto("/")
    assert page.get_by_text(server.cast["secretary"]["name"]).first.is_visible()
