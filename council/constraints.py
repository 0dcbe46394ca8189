"""Constraints that the migration tool drops silently, written by hand for both databases and compared with the real one by a test.

Each is (name, kind, table, sql): kind "unique" is a partial unique index, "index" a partial one, "check" a condition that every row meets, "frozen"
a row that keeps the columns named once somebody has voted, "listed" a row that only somebody on the frozen list may bring.
"""

from __future__ import annotations

CONSTRAINTS: tuple[tuple[str, str, str, str], ...] = (
    ("uq_seat_live", "unique", "seat", "(invitation_id) WHERE left_at IS NULL AND invitation_id IS NOT NULL"),
    ("uq_paper_record_live", "unique", "paper_record", "(meeting_id) WHERE dropped_at IS NULL"),
    ("uq_signing_key_live", "unique", "signing_key", "(person_id, organisation_id) WHERE revoked_on IS NULL"),
    ("uq_alliance_organisation", "unique", "alliance_member", "(alliance_id, organisation_id) WHERE last_day IS NULL AND unit_id IS NULL"),
    ("uq_alliance_unit", "unique", "alliance_member", "(alliance_id, unit_id) WHERE last_day IS NULL AND organisation_id IS NULL"),
    ("ck_alliance_member", "check", "alliance_member", "({r}organisation_id IS NULL) <> ({r}unit_id IS NULL)"),
    ("ck_matter_affair", "check", "matter", "{r}affair IN ('', 'OFFICIAL', 'COLLABORATIVE', 'HOUSEHOLD')"),
    ("ck_matter_private", "check", "matter", "NOT ({r}affair IN ('', 'HOUSEHOLD') AND {r}public = {true})"),
    ("ck_place_level", "check", "place", "{r}level IN ('DISTRICT', 'STREET', 'COMMUNITY', 'GRID', 'MICRO_GRID')"),
    ("ck_invitation_capacity", "check", "invitation", "{r}capacity IN ('MEMBER', 'OBSERVER', 'SUPERVISOR')"),
    ("ck_ballot_counts", "check", "ballot", "{r}\"cast\" >= 0 AND {r}entitled >= 0 AND {r}entitled_area >= 0"),
    ("uq_proxy_live", "unique", "proxy", "(ballot_id, voter) WHERE withdrawn_at IS NULL"),
    ("uq_voice_live", "unique", "household_voice", "(ballot_id, voter) WHERE ended_at IS NULL"),
    ("fz_ballot_asked", "frozen", "ballot", "question method options terms secret rule_id electorate register_id owners_item entitled entitled_area"),
    ("fz_entitlement", "frozen", "entitlement", "ballot_id voter area_cm2"),
    ("ls_contribution_asked", "listed", "contribution", "consultation asked"),
    # A result is declared once every paper from the door is checked: to know that, nobody reads a million votes.
    ("ix_vote_unchecked", "index", "vote", "(ballot_id) WHERE channel = 'door' AND checked_at IS NULL"),
    ("ck_line_area", "check", "register_line", "{r}area_cm2 >= 0"),
    ("uq_claim_live", "unique", "claim", "(need_id, organisation_id) WHERE ended_at IS NULL"),
    ("uq_signing_key_own", "unique", "signing_key", "(person_id) WHERE revoked_on IS NULL AND organisation_id IS NULL"),
    ("ck_booking_hours", "check", "booking", "{r}begins < {r}ends AND {r}begins >= 0 AND {r}ends <= 1440"),
    ("ck_advance_percent", "check", "advance", "{r}percent >= 0 AND {r}percent <= 100"),
    ("ck_appraisal_points", "check", "appraisal", "{r}kept BETWEEN 1 AND 5 AND {r}together BETWEEN 1 AND 5 AND {r}useful BETWEEN 1 AND 5"),
    ("ck_agreement_kind", "check", "agreement", "{r}kind IN ('partnership', 'supplement', 'mediation')"),
    ("ck_agreement_bound", "check", "agreement", "NOT ({r}kind = 'supplement' AND {r}previous_id IS NULL)"),
    ("ck_agreement_term", "check", "agreement", "{r}first_day <= {r}last_day"),
    ("ck_office_term", "check", "office", "{r}last_day IS NULL OR {r}first_day <= {r}last_day"),
    ("ck_posting_days", "check", "posting", "{r}first_day <= {r}last_day"),
)


def statements(dialect: str) -> list[str]:
    """The SQL that puts every constraint in place. SQLite cannot add a CHECK to a table: triggers that abort stand in for it."""
    out: list[str] = []
    for name, kind, table, words in CONSTRAINTS:
        if kind in ("unique", "index"):
            out.append(f'CREATE {"UNIQUE " * (kind == "unique")}INDEX "{name}" ON "{table}" {words}')
        elif kind == "frozen":
            out += _frozen(name, table, words.split(), dialect)
        elif kind == "listed":
            of, roll = words.split()
            out += _listed(name, table, of, roll, dialect)
        elif dialect == "sqlite":
            condition = words.format(r="NEW.", true="1")
            out += [
                f'CREATE TRIGGER "{name}_{moment.lower()}" BEFORE {moment} ON "{table}" '
                f"WHEN NOT ({condition}) BEGIN SELECT RAISE(ABORT, '{name}'); END"
                for moment in ("INSERT", "UPDATE")
            ]
        else:
            out.append(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" CHECK ({words.format(r="", true="TRUE")})')
    return out + SEARCH[dialect]


def _frozen(name: str, table: str, columns: list[str], dialect: str) -> list[str]:
    """Question, options and electorate are what people voted on: from the first vote on they stay as they are."""
    unlike = "IS DISTINCT FROM" if dialect == "postgres" else "IS NOT"
    changed = " OR ".join(f'NEW."{column}" {unlike} OLD."{column}"' for column in columns)
    moments = {moment: _voted(table, "NEW" if moment == "INSERT" else "OLD") for moment in ("INSERT", "UPDATE", "DELETE")}
    moments["UPDATE"] += f" AND ({changed})"
    if table == "ballot":
        moments["INSERT"] = "1 = 0"
    if dialect == "sqlite":
        return [
            f'CREATE TRIGGER "{name}_{moment.lower()}" BEFORE {moment} ON "{table}" WHEN {when} BEGIN SELECT RAISE(ABORT, \'{name}\'); END'
            for moment, when in moments.items()
        ]
    tests = " ELSIF ".join(
        f"TG_OP = '{moment}' THEN IF {when} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;"
        for moment, when in moments.items()
    )
    return [
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {tests} END IF; RETURN NULL; END $$',
        f'CREATE CONSTRAINT TRIGGER "{name}" AFTER INSERT OR UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
    ]


def _listed(name: str, table: str, of: str, roll: str, dialect: str) -> list[str]:
    """Nobody answers who is not on the list frozen at opening; where everybody may answer there is none."""
    on_it = f'EXISTS (SELECT 1 FROM "{roll}" r WHERE r.{of}_id = NEW.{of}_id AND r.voter = NEW.voter)'  # noqa: S608 - our own words
    wrong = f"(SELECT electorate FROM \"{of}\" WHERE id = NEW.{of}_id) <> 'everyone' AND NOT {on_it}"  # noqa: S608
    if dialect == "sqlite":
        return [
            f'CREATE TRIGGER "{name}_{moment}" BEFORE {moment.upper()} ON "{table}" WHEN {wrong} BEGIN SELECT RAISE(ABORT, \'{name}\'); END'
            for moment in ("insert", "update")
        ]
    return [
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {wrong} THEN '
        f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$",
        f'CREATE CONSTRAINT TRIGGER "{name}" AFTER INSERT OR UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
    ]


def _voted(table: str, row: str) -> str:
    """The condition that somebody has voted on the ballot of this row."""
    return f'{row}."cast" > 0' if table == "ballot" else f'(SELECT "cast" FROM ballot WHERE id = {row}.ballot_id) > 0'  # noqa: S608 - our own words


def reverse(dialect: str) -> list[str]:
    out: list[str] = list(SEARCH_REVERSE[dialect])
    for name, kind, table, _ in CONSTRAINTS:
        if kind in ("unique", "index"):
            out.append(f'DROP INDEX "{name}"')
        elif kind in ("frozen", "listed") and dialect == "postgres":
            out += [f'DROP TRIGGER "{name}" ON "{table}"', f'DROP FUNCTION "{name}"()']
        elif kind == "frozen":
            out += [f'DROP TRIGGER "{name}_{moment.lower()}"' for moment in ("INSERT", "UPDATE", "DELETE")]
        elif kind == "listed" or dialect == "sqlite":
            out += [f'DROP TRIGGER "{name}_insert"', f'DROP TRIGGER "{name}_update"']
        else:
            out.append(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    return out


SEARCH: dict[str, list[str]] = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_text USING fts5(grams, content='search_entry', content_rowid='id', tokenize='unicode61')",
        "CREATE TRIGGER search_entry_ai AFTER INSERT ON search_entry BEGIN "
        "INSERT INTO search_text(rowid, grams) VALUES (new.id, new.grams); END",
        "CREATE TRIGGER search_entry_ad AFTER DELETE ON search_entry BEGIN "
        "INSERT INTO search_text(search_text, rowid, grams) VALUES ('delete', old.id, old.grams); END",
        "CREATE TRIGGER search_entry_au AFTER UPDATE ON search_entry BEGIN "
        "INSERT INTO search_text(search_text, rowid, grams) VALUES ('delete', old.id, old.grams); "
        "INSERT INTO search_text(rowid, grams) VALUES (new.id, new.grams); END",
    ],
    "postgres": ["CREATE INDEX search_entry_grams ON search_entry USING gin (to_tsvector('simple', grams))"],
}
SEARCH_REVERSE: dict[str, list[str]] = {
    "sqlite": [
        "DROP TRIGGER search_entry_ai", "DROP TRIGGER search_entry_ad", "DROP TRIGGER search_entry_au", "DROP TABLE search_text",
    ],
    "postgres": ["DROP INDEX search_entry_grams"],
}  # fmt: skip
