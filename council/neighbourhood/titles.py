"""The words for levels, kinds and offices, as they stand beside one name."""

from __future__ import annotations

from council.i18n import Phrase

LEVELS = {
    "DISTRICT": Phrase("District"),
    "STREET": Phrase("Street"),
    "COMMUNITY": Phrase("Community"),
    "GRID": Phrase("Grid"),
    "MICRO_GRID": Phrase("Micro-grid"),
}
UNITS = {
    "resident_unit": Phrase("Resident unit"),
    "property_company": Phrase("Property company"),
    "owners_committee": Phrase("Owners' committee"),
    "department": Phrase("Department of the street"),
    "utility": Phrase("Water, power, gas or heating"),
    "social_organisation": Phrase("Social organisation"),
    "business": Phrase("Business"),
}
ORGANISATIONS = {
    "working_committee": Phrase("Party working committee"),
    "committee": Phrase("Party committee"),
    "general_branch": Phrase("General Party branch"),
    "branch": Phrase("Party branch"),
    "group": Phrase("Party group"),
    "centre_household": Phrase("Party member's centre household"),
}
ALLIANCES = {"alliance": Phrase("Party-building alliance"), "micro_alliance": Phrase("Party-building micro-alliance")}
OFFICES = {
    "secretary": Phrase("Party secretary"),
    "deputy_secretary": Phrase("Deputy Party secretary"),
    "clerk": Phrase("Community staff"),
    "director": Phrase("Director of the residents' committee"),
    "committee_member": Phrase("Member of the residents' committee"),
    "grid_head": Phrase("Grid head"),
    "grid_worker": Phrase("Grid worker"),
    "building_head": Phrase("Building head"),
    "resident_representative": Phrase("Residents' representative"),
    "owners_committee_head": Phrase("Head of the owners' committee"),
    "property_manager": Phrase("Property manager"),
    "unit_head": Phrase("Head of a unit"),
    "unit_representative": Phrase("Representative of a unit"),
    "department_officer": Phrase("Officer of a department"),
    "supervisor": Phrase("Member of the supervision committee"),
    "mediator": Phrase("Mediator"),
    "operator": Phrase("Operator"),
}
