"""A key born in the phone's browser signs; another browser of the same person does not; over an open network the page says why."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import ROOT, environment

pytestmark = pytest.mark.browser
PLANT = """
import asyncio, json, sys
from council import db
from council.partnership import keys
from council.workshop import pdf
from tests.five import five, opened, place_of
from tests.journeys.plant_five import world_of
async def main():
    async with db.connected():
        made = await five(await world_of(json.loads(sys.argv[1])))
        agreement = await opened(made)
        found = [await place_of(agreement, person) for person in made.signers[:2]]
        print(json.dumps([[each.id, await keys.make_code(each, "known", by=made.world.deputy)] for each in found]))
    await pdf.shutdown()
if __name__ == "__main__":
    asyncio.run(main())
"""


KEPT = """() => new Promise(done => {
  const asked = indexedDB.open("council-keys");
  asked.onsuccess = () => {
    const all = asked.result.transaction("keys").objectStore("keys").getAll();
    all.onsuccess = () => done(all.result.map(key => key.extractable));
  };
})"""


@pytest.fixture(scope="module")
def planted(server, tmp_path_factory):
    script = tmp_path_factory.mktemp("plant") / "plant_key.py"
    script.write_text(PLANT)
    cast = json.dumps({key: who["id"] for key, who in server.cast.items()})
    done = subprocess.run(
        [sys.executable, script, cast], cwd=ROOT, env=environment(server.data), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def written(page, place):
    page.goto(f"/signatures/{place}/hand")
    page.locator("#intent").check()
    page.locator("#typed").fill("周敏")
    page.locator("form[action$='/preview'] button:not([type=button])").first.click()


def test_the_key_stays_in_the_browser_that_made_it(planted, open_as):
    page, [place, code] = open_as("secretary"), planted[0]
    page.goto(f"/signatures/{place}/key")
    page.locator("#browser-code").fill(code.lower())
    page.locator("[data-browser-key] button").click()
    page.wait_for_url(f"**/signatures/{place}/hand")
    held = page.evaluate(KEPT)
    assert held == [False]
    elsewhere = open_as("secretary")
    written(elsewhere, place)
    elsewhere.locator("[data-key-missing]").wait_for()
    assert not elsewhere.locator("[data-key-found]").is_visible()
    written(page, place)
    page.locator("[data-key-found] button").click()
    page.wait_for_url(f"**/signatures/{place}/receipt")
    assert page.faults == []


def test_where_no_key_can_be_kept_the_page_says_why_and_offers_the_pin(planted, open_as):
    page, [place, _code] = open_as("hotel_secretary"), planted[1]
    page.goto(f"/signatures/{place}/key")
    page.locator("[data-browser-key]").wait_for()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {get: () => false})")
    page.reload()
    page.locator("[data-no-browser-key]").wait_for()
    assert not page.locator("[data-browser-key]").is_visible()
    assert page.locator("#pin").is_visible()
