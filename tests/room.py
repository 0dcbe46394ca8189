"""A room with people in it: an open meeting with listed members, confirmed seats and an item that has been taken up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from council import clock
from council.neighbourhood.people import Visitor
from council.proceedings import ballotbox
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.proceedings.questions import draw
from council.proceedings.resolutions import declare
from council.proceedings.roll import Seat
from tests.world import World

PARKING = "在3号楼北侧空地划24个车位，消防通道不占用，先登记后停放。"


@dataclass
class Room:
    """`members` and `observers` hold confirmed seats; the first member moves, the second seconds. The chair is the secretary."""

    world: World
    meeting: Meeting
    item: AgendaItem
    members: list[Visitor] = field(default_factory=list)
    observers: list[Visitor] = field(default_factory=list)

    @property
    def chair(self):
        return self.world.secretary

    async def proposal(self, text: str = PARKING) -> Proposal:
        made = await Proposal.submit(self.item, text, by=self.members[0], reason="晚上七点以后找不到车位")
        await made.second(by=self.members[1])
        return made

    async def ballot(self, owners_item: int | None = None, text: str = PARKING) -> Ballot:
        """An open ballot on a seconded proposal."""
        proposal = await self.proposal(text)
        ballot = await draw(self.item, by=self.chair, proposal=proposal, owners_item=owners_item)
        await open_ballot(ballot, by=self.chair)
        return ballot

    async def vote(self, ballot: Ballot, yes: int = 0, no: int = 0, abstain: int = 0) -> None:
        choices = ["yes"] * yes + ["no"] * no + ["abstain"] * abstain
        for member, choice in zip(self.members, choices, strict=False):
            await ballotbox.cast(ballot, choice, by=member)

    async def finish(self, ballot: Ballot):
        """Close and declare; the resolution, if one follows."""
        await close_ballot(ballot, by=self.chair)
        return await declare(ballot, by=self.chair)


async def seat(meeting: Meeting, label: str, **more) -> Visitor:
    """Somebody invited whose seat is confirmed, known by the key that their phone carries."""
    invitation = await Invitation.create(meeting_id=meeting.id, label=label, **more)
    made = await Seat.create(meeting_id=meeting.id, invitation_id=invitation.id, how="list", arrived_at=clock.now())
    return Visitor(frozenset({("Seat", made.id)}))


async def room(
    world: World, listed: int = 23, present: int = 16, observers: int = 0, kind: str = "community_review_council",
    rule_id: str = "DELIBERATION", committee: int = 0, **more,
) -> Room:  # fmt: skip
    """`committee` of the listed are members of the committee, the others representatives, where the rule asks for a composition."""
    now = clock.now()
    matter = await Matter.create(
        code_digest=f"room-{rule_id}-{listed}-{present}", title="地面停车位不足", text="晚上回来找不到车位。", place=world.community,
        path=world.community.path, affair="COLLABORATIVE", stage="listed", public=True, reported_at=now,
    )  # fmt: skip
    meeting = await Meeting.create(**{
        "kind": kind, "rule_id": rule_id, "title": "长风社区停车评议会", "place": world.community, "path": world.community.path,
        "chair": world.secretary, "recorder": world.clerk, "stage": "open", "starts_at": now, "opened_at": now,
        "notice_at": now - timedelta(days=6), "listed": listed, "discussed_on": clock.today(), "discussed_by": "社区党委",
        "venue": "党群服务中心二楼",
    } | more)  # fmt: skip
    item = await AgendaItem.create(
        meeting=meeting, matter=matter, title="地面停车怎么安排", order=1, stage="open", notified=True, opened_at=now
    )
    made = Room(world, meeting, item)
    for n in range(listed):
        about = {"label": f"代表{n + 1}", "representative": bool(committee) and n >= committee}
        if n < present:
            made.members.append(await seat(meeting, **about))
        elif listed < 100:
            await Invitation.create(meeting_id=meeting.id, **about)
    for n in range(observers):
        made.observers.append(await seat(meeting, f"列席{n + 1}", capacity="OBSERVER"))
    return made
