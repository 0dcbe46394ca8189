"""`council triage`, as a machine and as a person use it."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from council.cli.triage import triage

app = typer.Typer()
app.command()(triage)


def run(told: str, *options: str):
    return CliRunner().invoke(app, [*options], input=told)


def test_each_line_gives_one_object_with_the_documented_keys():
    done = run('楼道灯坏了\n\n{"text": "家里一股煤气味", "title": "求助"}\n', "--json")
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    keys = {"class", "secondary", "level", "handoff", "flags", "reasons", "confidence"}
    assert set(first) == set(second) == keys
    assert (first["class"], first["level"], first["handoff"]) == ("COLLABORATIVE", "COMMUNITY", [])
    assert (second["class"], second["level"], second["handoff"][0]) == ("HANDOFF", None, "GAS")
    assert set(first["reasons"][0]) == {"by", "test", "words", "text"}
    assert 0 <= first["confidence"] <= 1


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('{"text": "a", "place": "b"}', "place"),
        ('{"title": "b"}', "text"),
        ('{"text": 3}', "text"),
        ('{"text": "a", "title": null}', "title"),
        ('{"text": "a"', "json"),
        ('{"text": "a"} b', "json"),
    ],
)
def test_a_line_that_cannot_be_read_ends_with_2_and_names_the_field(line, field):
    done = run(line + "\n", "--json")
    assert done.exit_code == 2
    assert f"line 1: {field}" in done.stderr


def test_too_little_to_tell_gives_null_and_the_flag():
    told = json.loads(run("有点事\n", "--json").stdout)
    assert (told["class"], told["level"], told["flags"]) == (None, None, ["ASK"])


def test_people_read_the_affair_the_meeting_and_the_reason():
    said = run("楼道灯坏了\n楼下着火了，快来\n").stdout
    assert "共事 · 社区 · 社区评议会" in said
    assert "119" in said
    assert "楼道" in said
