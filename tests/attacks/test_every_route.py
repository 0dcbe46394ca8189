"""Every address there is, taken from the table of routes, as people whom it does not concern: nothing of a private record comes back."""

from __future__ import annotations

import json
import re

import pytest
from tortoise import Tortoise

from council.routes import limits
from tests.attacks.household import CANARY, OUTSIDE, PHONE, Household, household, supervised
from tests.test_urls import addresses

NOWHERE = 888_888_888
# In every form a browser can ask: these two do. Who somebody is and in which form they ask are looked at in different places.
EVERY_WAY = ("neighbour", "")
# Their pages exist for everybody: they are read for the canary, but may be there.
OPEN = ("/progress/{code}", "/help/{name}", "/venues/{id:int}")


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


def filled(path: str, scene: Household, number: int) -> str:
    """The address of a record: `number` for its own, photos, codes and tokens for what they name."""
    photo = scene.proof if path.startswith("/tasks") else scene.photo
    if path.startswith("/progress"):
        path = path.replace("{id:int}", str(photo))
    known = {"{id:int}": number, "{photo:int}": photo, "{request:int}": 1, "{code}": scene.code, "{number}": scene.live.wall_code}
    for name, value in known.items():
        path = path.replace(name, str(value))
    return re.sub(r"\{token\}", "x" * 32, path).replace("{name}", "resident")


def lines(method: str) -> list[str]:
    return [path for verb, path in map(str.split, addresses().splitlines()) if verb == method and "{" in path]


def numbers(path: str, scene: Household) -> list[int]:
    """The private records an address can name."""
    return scene.numbers.get(path.split("/")[1], [NOWHERE])


def tells(answer) -> bool:
    said = answer.text + json.dumps(dict(answer.headers), ensure_ascii=False) + str(answer.url)
    return CANARY in said or PHONE in said or bool(answer.content[:4] == b"%PDF") or answer.headers.get("content-type", "") == "image/webp"


async def ask(browser, method: str, address: str, **more):
    return await browser.request(method, address, follow_redirects=False, **more)


async def outsiders(browser_of, world):
    """Everybody whom it does not concern, and a stranger."""
    return [(key, await browser_of(world.people[key] if key else None)) for key in (*OUTSIDE, "")]


async def test_a_private_record_answers_everybody_outside_as_if_it_were_not_there(browser_of, world):
    await supervised(world)
    scene = await household(world)
    for key, browser in await outsiders(browser_of, world):
        limits.forget()
        assert await seen(browser, scene, key) == []


async def seen(browser, scene: Household, key: str) -> list[str]:
    """Where it tells anything, and be it that it is there."""
    found = []
    for path in lines("GET"):
        none = await ask(browser, "GET", filled(path, scene, NOWHERE))
        for number in numbers(path, scene):
            for headers in ({}, {"hx-request": "true"})[: 1 + (key in EVERY_WAY)]:
                answer = await ask(browser, "GET", filled(path, scene, number), headers=headers)
                if tells(answer):
                    found.append(f"{key} {path} {headers} tells of it")
                if path not in OPEN and (answer.status_code not in (303, 403, 404) or answer.status_code not in (none.status_code, 403)):
                    found.append(f"{key} {path} {headers}: {answer.status_code}")
            if key in EVERY_WAY and (await ask(browser, "HEAD", filled(path, scene, number))).content:
                found.append(f"{key} {path}: HEAD has a body")
    return found


async def test_nobody_outside_changes_anything_about_it(browser_of, world):
    await supervised(world)
    scene, before = await household(world), await everything()
    for key, browser in await outsiders(browser_of, world):
        await change_nothing(browser, scene, key, world)
    assert await everything() == before


async def change_nothing(browser, scene: Household, key: str, world) -> None:
    forms = {"words": "改一改这里", "text": "改一改这里", "reason": "改一改这里", "affair": "OFFICIAL",
    "title": "改过了", "publish": "yes", "number": "1",
             "kind": "carry_out", "responsible": f"person:{world.outsider.id}", "deadline": "2099-01-01",
             "proof": "做好了的", "choice": "yes", "voter": "x",
             "version": "2", "answer": "yes", "person": str(world.outsider.id),
             "invitation": str(scene.numbers["invitations"][0]), "guest": f"person:{world.outsider.id}",
             "group": "concerned", "name": "某人", "last_day": "2099-01-01", "contact": "社区办公室",
             "how": "known", "office": "1", "pin": "820641", "intent": "yes",
             "score": "satisfied", "day": "2099-01-01", "hour": "10:00", "place": str(world.beside.id),
             "owners_item": "0", "lawful": "yes", "ruling": "upheld", "about": "time", "to": "POLICE"}  # fmt: skip
    for path in lines("POST"):
        limits.forget()
        for number in numbers(path, scene):
            for data in (forms, {})[: 1 + (key in EVERY_WAY)]:
                answer = await ask(browser, "POST", filled(path, scene, number), data=data)
                assert not tells(answer), f"{key} {path}"
                assert answer.status_code in (303, 403, 404, 409, 422), f"{key} {path}: {answer.status_code}"


async def test_those_inside_read_it_at_the_same_addresses(browser_of, world):
    """The control: an address that tells nobody anything would pass above."""
    scene = await household(world)
    told = {}
    for browser in (await browser_of(world.grid_secretary), await browser_of(world.clerk)):
        for path in lines("GET"):
            if "stream" in path or "paper" in path or ".pdf" in path:
                continue
            for number in numbers(path, scene):
                told[path] = told.get(path, False) or tells(await ask(browser, "GET", filled(path, scene, number)))
    words = {"matters", "meetings", "items", "resolutions", "minutes", "tasks", "proposals", "ballots", "agreements", "bookings"}
    assert words <= {path.split("/")[1] for path, found in told.items() if found}
    assert sum(told.values()) >= 25


async def test_reading_changes_nothing(browser_of, world):
    """A link is opened by scanners, previews and the Back key: no GET leaves a trace, whoever asks."""
    scene = await household(world)
    browsers = [await browser_of(world.grid_secretary), await browser_of(world.clerk), await browser_of(world.resident), await browser_of()]
    before = await everything()
    for browser in browsers:
        for path in [line.split()[1] for line in addresses().splitlines() if line.startswith("GET")]:
            if "stream" in path or "paper" in path or ".pdf" in path:
                continue
            limits.forget()
            await ask(browser, "GET", filled(path, scene, numbers(path, scene)[0]))
    assert await everything() == before


async def everything() -> dict[str, list]:
    """Every row there is, but the sessions."""
    return {name: await model.all().order_by("id").values() for name, model in Tortoise.apps["council"].items() if name != "Session"}
