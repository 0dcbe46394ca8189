"""The pictures of README and docs/: the demonstration with a meeting under way, photographed. Run by `bin/pictures`."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from council import db
from council.neighbourhood.people import Person, Visitor
from council.proceedings import ballotbox, chair, conduct, questions, roll, speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.proceedings.reporting import Told, report
from council.rules.numbering import show_code
from council.secretariat import demo
from tests.browser.sweep import FLAGS
from tests.client import signed_in
from tests.journeys.conftest import ROOT, environment, serving

OUT = ROOT / "docs/pictures"


async def under_way() -> dict[str, str]:
    """The review council in the middle of a vote: 17 of 23 present, 9 votes cast; the sessions and addresses the pictures need."""
    await db.migrate()
    async with db.connected():
        planted = await demo.plant()
        secretary = planted.people["周敏"]
        meeting = await Meeting.get(kind="community_review_council")
        members = [i for i in await Invitation.all_of(meeting) if i.votes]
        seats = [await roll.tick(invitation, meeting, by=secretary) for invitation in members[:17]]
        await chair.open(meeting, by=secretary)
        item = await AgendaItem.filter(meeting_id=meeting.id).order_by("order").first()
        assert item is not None
        await chair.take_up(item, meeting, by=secretary)
        for seat in seats[3:6]:
            await speakers.ask(await AgendaItem.get(id=item.id), seat, by=secretary)
        await speakers.call_next(await AgendaItem.get(id=item.id), meeting, by=secretary)
        text = "北侧空地划二十个车位，优先本院住户，每月收费五十元，收入用于路灯和清淤，收支每季度公示。"
        proposal = await Proposal.submit(item, text, by=secretary, reason="先解决晚上乱停的问题")
        await proposal.second(by=await Person.get(id=members[0].person_id))
        ballot = await questions.draw(item, by=secretary, proposal=proposal, owners_item=8)
        await conduct.open_ballot(ballot, by=secretary)
        for n, invitation in enumerate(members[:9]):
            await ballotbox.cast(ballot, "no" if n in (4, 7) else "yes", by=await Person.get(id=invitation.person_id))
        _, code = await report(Told("三号楼后面的路灯坏了，晚上看不清。", planted.places["one"], "3号楼后"), by=Visitor())
        who = {"secretary": secretary, "member": planted.people[members[10].person.name], "partner": planted.people["韩雪"]}
        return {key: await signed_in(person) for key, person in who.items()} | {"meeting": str(meeting.id), "code": show_code(code)}


def shots(made: dict[str, str]) -> list[tuple[str, str, str, tuple[int, int]]]:
    """name, path, whose session, size."""
    meeting, phone, laptop = f"/meetings/{made['meeting']}", (390, 844), (1280, 800)
    return [
        ("home-390", "/", "", phone), ("home-1280", "/", "", laptop),
        ("receipt-390", f"/progress/{made['code']}", "", phone),
        ("matters-390", "/matters", "", phone), ("matters-1280", "/matters", "", laptop),
        ("room-390", f"{meeting}/room", "member", phone), ("room-1280", f"{meeting}/room", "member", laptop),
        ("desk-1280", f"{meeting}/desk", "secretary", laptop), ("wall-1280", f"{meeting}/wall", "secretary", laptop),
        ("agreement-390", "/agreements/1", "partner", phone), ("verify-390", "/verify", "", phone),
    ]  # fmt: skip


def photograph(address: str, made: dict[str, str]) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, path, who, (width, height) in shots(made):
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            if who:
                context.add_cookies([
                    {"name": "__Host-session", "value": made[who], "url": address.replace("http:", "https:"), "secure": True, "httpOnly": True}
                ])  # fmt: skip
            page = context.new_page()
            answer = page.goto(address + path)
            assert answer is not None
            assert answer.status == 200, f"{path}: {answer.status}"
            page.wait_for_timeout(600)
            page.screenshot(path=OUT / f"{name}.png")
            context.close()
        browser.close()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.journeys.pictures", "plant"]
        done = subprocess.run(command, cwd=ROOT, env=environment(Path(folder)), capture_output=True, text=True, check=True)
        made = json.loads(done.stdout.splitlines()[-1])
        with serving(Path(folder), {}) as server:
            photograph(server.address, made)


if __name__ == "__main__":
    if sys.argv[1:] == ["plant"]:
        print(json.dumps(asyncio.run(under_way())))
    else:
        main()
