"""Who may do what: one row an act. Office x reach x stage; a relation to the thing itself can stand in for an office.

An office reaches the places its organisation leads and everything inside them. Sources: the Organic Law of Urban Residents'
Committees (2025 revision) arts 26-39 for meetings and publication; the house's own decisions where the law is silent.
"""

from __future__ import annotations

from dataclasses import dataclass

from council.i18n import Phrase

OFFICES: dict[str, Phrase] = {
    "secretary": Phrase("Party secretaries"),
    "deputy_secretary": Phrase("deputy secretaries"),
    "clerk": Phrase("community staff"),
    "director": Phrase("directors of the residents' committee"),
    "committee_member": Phrase("members of the residents' committee"),
    "grid_head": Phrase("grid heads"),
    "grid_worker": Phrase("grid workers"),
    "building_head": Phrase("building heads"),
    "resident_representative": Phrase("residents' representatives"),
    "owners_committee_head": Phrase("heads of the owners' committee"),
    "property_manager": Phrase("property managers"),
    "unit_secretary": Phrase("secretaries of unit branches"),
    "unit_deputy_secretary": Phrase("deputy secretaries of unit branches"),
    "unit_head": Phrase("heads of units"),
    "unit_representative": Phrase("representatives of units"),
    "department_officer": Phrase("officers of departments"),
    "supervisor": Phrase("members of the supervision committee"),
    "mediator": Phrase("mediators"),
    "operator": Phrase("the operator"),
}

SECRETARIES = frozenset({"secretary", "deputy_secretary"})
STAFF = SECRETARIES | {"clerk", "director"}
FIELD = STAFF | {"grid_head", "grid_worker"}
PARTNERS = frozenset({"unit_secretary", "unit_deputy_secretary", "unit_head", "unit_representative"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Power:
    """`offices` that reach the subject's place, or `relations` to it; at one of `stages` (none listed: at any)."""

    offices: frozenset[str] = NOBODY
    relations: frozenset[str] = NOBODY
    stages: frozenset[str] = NOBODY
    anyone: bool = False


def _power(offices: frozenset[str] = NOBODY, relations: str = "", stages: str = "", *, anyone: bool = False) -> Power:
    return Power(offices, frozenset(relations.split()), frozenset(stages.split()), anyone)


POWERS: dict[str, Power] = {
    # standing records
    "place.add": _power(STAFF | {"operator"}),
    "place.correct": _power(STAFF | {"operator"}),
    "place.end": _power(STAFF | {"operator"}),
    "neighbourhood.see": _power(FIELD | {"operator"}),
    "organisation.add": _power(STAFF | {"operator"}),
    "organisation.correct": _power(STAFF | {"operator"}),
    "organisation.end": _power(STAFF | {"operator"}),
    "household.add": _power(FIELD | {"operator"}),
    "household.correct": _power(FIELD | {"operator"}),
    "household.end": _power(FIELD | {"operator"}),
    "person.see": _power(FIELD | {"operator"}, "self"),
    "person.add": _power(FIELD | {"operator"}),
    "person.correct": _power(FIELD | {"operator"}, "self"),
    "person.end": _power(STAFF | {"operator"}),
    "person.see_phone": _power(FIELD, "self"),
    "office.grant": _power(SECRETARIES | {"operator"}),
    "office.end": _power(SECRETARIES | {"operator"}),
    "register.import": _power(STAFF | {"operator"}),
    "register.confirm": _power(FIELD | {"owners_committee_head"}),
    "link.make": _power(STAFF | {"grid_head", "grid_worker", "operator"}),
    "link.make_officer": _power(SECRETARIES | {"operator"}),
    "feed.renew": _power(relations="self"),
    "slip.hand_over": _power(FIELD),
    # matters
    "matter.report": _power(anyone=True),
    "matter.see": _power(FIELD, "reporter code_holder responsible"),
    "matter.see_common": _power(frozenset({"department_officer", "supervisor"})),
    "matter.list": _power(FIELD, stages="confirmed deliberated"),
    "matter.link": _power(FIELD),
    "matter.confirm": _power(FIELD, stages="reported confirmed"),
    "matter.doubt": _power(relations="reporter code_holder", stages="reported confirmed listed"),
    "matter.escalate": _power(FIELD, stages="confirmed listed deliberated assigned"),
    "matter.send_back": _power(STAFF, stages="confirmed listed deliberated assigned"),
    "matter.refer": _power(FIELD, stages="reported confirmed"),
    "matter.take_back": _power(FIELD, stages="handed_over"),
    "matter.withdraw": _power(relations="reporter code_holder", stages="reported confirmed"),
    "matter.answer": _power(FIELD | {"department_officer"}, stages="reported confirmed"),
    "matter.settle": _power(FIELD, stages="deliberated"),
    "matter.rate": _power(relations="reporter code_holder", stages="settled answered done"),
    "matter.reopen": _power(relations="reporter code_holder", stages="settled answered done closed"),
    # meetings
    "chain.keep": _power(STAFF),
    "petition.collect": _power(FIELD),
    "petition.enter": _power(FIELD, stages="open enough"),
    "petition.answer": _power(STAFF, stages="enough"),
    "meeting.call": _power(STAFF | {"grid_head"}),
    "meeting.change": _power(SECRETARIES | {"clerk"}, "chair", "drafted called"),
    "meeting.give_notice": _power(SECRETARIES | {"clerk"}, "chair", "drafted called"),
    "meeting.invite": _power(SECRETARIES | {"clerk"}, "chair", "drafted called"),
    "meeting.issue_slips": _power(SECRETARIES | {"clerk"}, "chair recorder", "called open adjourned"),
    "invitation.reply": _power(relations="invitee"),
    "room.enter": _power(anyone=True, stages="called open adjourned"),
    "seat.take": _power(relations="invitee"),
    "seat.leave": _power(SECRETARIES | {"clerk"}, "holder chair recorder"),
    "meeting.open": _power(relations="chair", stages="called adjourned"),
    "meeting.adjourn": _power(relations="chair", stages="open"),
    "meeting.close": _power(relations="chair", stages="open adjourned"),
    "meeting.cancel": _power(SECRETARIES, "chair", "drafted called"),
    "meeting.hand_over": _power(SECRETARIES, "chair former_chair", "called open adjourned"),
    "meeting.keep_roll": _power(SECRETARIES | {"clerk"}, "chair recorder", "called open adjourned"),
    "meeting.enter_paper": _power(SECRETARIES | {"clerk"}, "chair recorder", "called open adjourned"),
    "meeting.confirm_paper": _power(STAFF, "chair", "called open adjourned"),
    "meeting.see": _power(FIELD, "chair recorder invited seated overseer"),
    "meeting.see_common": _power(frozenset({"supervisor"})),
    "item.add": _power(SECRETARIES | {"clerk"}, "chair", "drafted called"),
    "meeting.order": _power(SECRETARIES | {"clerk"}, "chair", "drafted called open adjourned"),
    "meeting.undo": _power(relations="chair", stages="open adjourned"),
    "point.rule": _power(relations="chair", stages="open adjourned"),
    "opinion.take_back": _power(relations="holder"),
    "item.take_up": _power(relations="chair"),
    "item.defer": _power(relations="chair"),
    "item.conclude": _power(relations="chair"),
    "speaker.ask": _power(relations="holder chair"),
    "speaker.withdraw": _power(relations="holder chair"),
    "speaker.call": _power(relations="chair"),
    "proposal.submit": _power(relations="member chair"),
    "proposal.second": _power(relations="member"),
    "proposal.withdraw": _power(relations="mover chair", stages="submitted seconded"),
    "proposal.renew": _power(relations="mover chair", stages="submitted seconded"),
    "proposal.put": _power(relations="chair"),
    "proposal.merge": _power(relations="chair", stages="submitted seconded"),
    "proposal.answer": _power(STAFF, "chair"),
    # ballots
    "ballot.draw": _power(relations="chair conductor"),
    "ballot.open": _power(relations="chair conductor", stages="drafted"),
    "ballot.close": _power(relations="chair conductor", stages="open"),
    "ballot.declare": _power(relations="chair conductor", stages="closed"),
    "ballot.cancel": _power(relations="chair conductor", stages="drafted open closed"),
    "ballot.vote": _power(relations="entitled", stages="open"),
    "ballot.enter_paper": _power(relations="chair recorder collector", stages="open"),
    "ballot.count": _power(relations="conductor", stages="open"),
    "ballot.check_paper": _power(relations="chair recorder collector conductor", stages="open closed"),
    "ballot.reach": _power(relations="chair recorder collector conductor", stages="open"),
    "ballot.object": _power(relations="concerned conductor", stages="drafted"),
    "ballot.authorise": _power(relations="chair recorder conductor", stages="open"),
    "ballot.unseal": _power(relations="chair conductor custodian", stages="closed"),
    # decisions and what becomes of them
    "resolution.adopt": _power(STAFF | {"owners_committee_head"}, "chair"),
    "resolution.post": _power(STAFF, stages="adopted"),
    "posting.make": _power(STAFF | {"grid_head"}),
    "posting.object": _power(anyone=True),
    "posting.answer": _power(STAFF),
    "handoff.see": _power(FIELD, "near"),
    "task.see": _power(FIELD, "responsible"),
    "task.assign": _power(STAFF | {"grid_head"}),
    "task.report_done": _power(STAFF | {"grid_head", "department_officer"}, "responsible", "assigned"),
    "task.accept": _power(STAFF | {"grid_head"}, stages="done"),
    "task.return": _power(STAFF | {"grid_head"}, stages="done"),
    "minutes.draw": _power(STAFF, "chair recorder"),
    "minutes.correct": _power(STAFF, "chair recorder", "drawn circulated"),
    "minutes.circulate": _power(STAFF, "chair recorder", "drawn"),
    "minutes.object": _power(relations="invited", stages="circulated"),
    "minutes.answer": _power(STAFF, "chair recorder", "drawn circulated"),
    "minutes.approve": _power(STAFF, "chair recorder invited", "circulated"),
    "minutes.enter_approval": _power(STAFF, "recorder", "circulated"),
    "minutes.pack": _power(STAFF, "chair recorder"),
    "minutes.post": _power(STAFF, "chair", "sealed"),
    # consultations
    "consultation.see": _power(FIELD),
    "consultation.draft": _power(STAFF | {"grid_head"}),
    "consultation.open": _power(STAFF | {"grid_head"}, stages="drafted"),
    "consultation.close": _power(STAFF | {"grid_head"}, stages="open"),
    "consultation.cancel": _power(SECRETARIES, stages="drafted open"),
    "consultation.enter_paper": _power(FIELD, "near", "open"),
    "consultation.reach": _power(FIELD, "near", "open"),
    "consultation.listen": _power(STAFF, stages="open closed"),
    "consultation.reply": _power(STAFF, stages="closed"),
    "consultation.report": _power(STAFF, stages="answered"),
    "draw.make": _power(STAFF),
    "draw.answer": _power(relations="drawn"),
    "wording.publish": _power(STAFF | {"grid_head"}, stages="drafted open closed"),
    "contribution.change": _power(relations="author"),
    "remark.appeal": _power(relations="author"),
    "remark.judge": _power(STAFF),
    # partnership
    "need.add": _power(FIELD | PARTNERS),
    "need.withdraw": _power(FIELD, stages="open"),
    "resource.add": _power(STAFF | PARTNERS),
    "resource.withdraw": _power(STAFF, "offerer", "offered"),
    "project.add": _power(STAFF),
    "project.move": _power(STAFF, "lead", "planned running"),
    "agreement.draft": _power(STAFF),
    "agreement.see": _power(STAFF, "signatory delegator"),
    "agreement.revise": _power(STAFF, stages="draft review"),
    "agreement.review": _power(STAFF, stages="draft"),
    "agreement.freeze": _power(STAFF, stages="review"),
    "agreement.unfreeze": _power(STAFF, stages="review frozen signing declined lapsed"),
    "agreement.send": _power(STAFF, stages="frozen"),
    "agreement.cancel": _power(SECRETARIES, stages="draft review frozen signing"),
    "agreement.terminate": _power(SECRETARIES, stages="effective"),
    "agreement.answer": _power(STAFF, stages="draft review frozen signing"),
    "agreement.enter_paper": _power(STAFF, stages="signing"),
    "agreement.leave": _power(relations="signatory", stages="effective"),
    "agreement.comment": _power(STAFF, "signatory", "draft review frozen signing"),
    "agreement.agree": _power(relations="signatory", stages="review"),
    "skeleton.keep": _power(STAFF),
    "agreement.link": _power(STAFF, stages="signing"),
    "agreement.identify": _power(STAFF, stages="frozen signing"),
    "agreement.sign": _power(relations="signatory", stages="signing"),
    "agreement.delegate": _power(relations="signatory", stages="signing"),
    "agreement.decline": _power(relations="signatory", stages="signing"),
    "agreement.ask_change": _power(relations="signatory", stages="review frozen signing"),
}
