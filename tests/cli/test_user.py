"""`council user` and `council doctor` as an operator runs them: real processes on a folder of their own."""

from __future__ import annotations

import json
import re


def test_before_anything_is_set_up_it_says_what_to_run(council):
    behind = council("user", "list")
    assert behind.returncode == 3
    assert "council migrate" in behind.stderr
    council("migrate")
    assert council("user", "list").returncode == 3


def test_a_clerk_is_made_linked_listed_and_disabled(council):
    council.found()
    made = council("user", "create", "蒋文", "--office", "clerk", "--phone", "13800000001")
    assert made.returncode == 0
    assert re.search(r"http://127\.0\.0\.1:8000/sign-in/[\w-]{43}", made.stdout)
    rows = [json.loads(line) for line in council("user", "list", "--json").stdout.splitlines()]
    assert {(r["name"], r["office"], r["of"]) for r in rows} == {("何平", "operator", "丁山街道"), ("蒋文", "clerk", "长风社区")}
    again = council("user", "link", "蒋文", COUNCIL_ORIGIN="https://council.example")
    assert "https://council.example/sign-in/" in again.stdout
    assert council("user", "disable", "蒋文", "--yes").returncode == 0
    assert "蒋文" not in council("user", "list").stdout
    assert council("user", "link", "蒋文").returncode == 1


def test_what_cannot_be_done_is_said_in_one_sentence_and_leaves_nothing_behind(council):
    council.found()
    for command in (
        ("create", "甲", "--office", "secretary"),
        ("create", "甲", "--office", "emperor"),
        ("create", "甲", "--phone", "12"),
        ("link", "无名"),
    ):
        answer = council("user", *command)
        assert answer.returncode == 1, command
        assert len(answer.stderr.strip().splitlines()) == 1
        assert "Traceback" not in answer.stderr
    assert council("user", "link", "甲").returncode == 1


def findings(council, **more):
    answer = council("doctor", "--json", **more)
    return answer.returncode, {row["check"].split()[-1]: row for row in map(json.loads, answer.stdout.splitlines())}


def test_the_doctor_finds_what_is_wrong_and_how_to_mend_it(council):
    code, before = findings(council)
    assert code == 1
    assert (before["database"]["state"], before["database"]["mend"]) == ("failed", "council migrate")
    council.migrated()
    code, after = findings(council)
    assert code == 0
    assert after["database"]["state"] == after["search"]["state"] == after["files"]["state"] == "ok"


def test_the_doctor_sees_open_folders_and_a_silent_mail_server(council, tmp_path):
    council.migrated()
    (tmp_path / "data").chmod(0o755)
    code, found = findings(council, SMTP_URL="smtp://127.0.0.1:9")
    assert code == 1
    assert found["mail"]["state"] == "failed"
    assert found["folder"]["state"] == "note"
    (tmp_path / "data").chmod(0o700)
    assert findings(council)[1]["folder"]["state"] == "ok"


def test_every_line_for_people_says_its_state_first(council):
    council.migrated()
    lines = council("doctor").stdout.splitlines()
    assert len(lines) >= 12
    assert all(line.startswith(("OK", "注意", "失败")) for line in lines)
