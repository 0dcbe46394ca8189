"""Every sentence has its Chinese, and the pages of residents hold no leftover English."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from council import i18n

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale/zh_Hans_CN/LC_MESSAGES/council.po"


def test_the_catalogue_is_complete_and_current():
    found = subprocess.run([sys.executable, "bin/words", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_a_translation_names_the_same_values_as_its_sentence():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    named = re.compile(r"%\((\w+)\)")
    faults = []
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = {name for one in ids for name in named.findall(one)}
        faults += [one for one in strings if not set(named.findall(one)) <= allowed]
    assert not faults


def test_every_translation_can_be_filled_in():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    whole = re.compile(r"%\(\w+\)[sd]|%%")
    values = [s for m in catalogue if m.id and "python-format" in m.flags for s in (m.string if isinstance(m.string, tuple) else (m.string,))]
    assert not [value for value in values if "%" in whole.sub("", value)]


@pytest.mark.parametrize("code", ["zh_Hans_CN", "en"])
def test_a_language_is_chosen_only_from_those_we_speak(code):
    assert i18n.choose(code) == code
    assert i18n.choose("../../etc/passwd") == i18n.DEFAULT


def test_dates_are_said_in_the_readers_language_and_on_the_districts_clock():
    from datetime import UTC, datetime

    evening = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
    with i18n.speaking("zh_Hans_CN"):
        assert i18n.moment(evening) == "2026年11月25日 19:00"
        assert i18n.dated(evening) == "2026年11月25日 星期三"
    with i18n.speaking("en"):
        assert i18n.moment(evening) == "25 November 2026 19:00"
        assert i18n.dated(evening) == "Wednesday, 25 November 2026"


STARTED = """
import sys
from pathlib import Path
from council import i18n
i18n.folder = lambda: Path(sys.argv[1])
i18n.compile_catalogues()
print(i18n.translations("zh_Hans_CN").gettext("Sign in"))
"""


def test_several_may_start_at_once_in_a_fresh_checkout(tmp_path):
    """Each compiles the catalogue that is not there yet, and each reads a whole one."""
    there = tmp_path / "zh_Hans_CN/LC_MESSAGES"
    there.mkdir(parents=True)
    shutil.copy(CATALOGUE, there)
    started = [
        subprocess.Popen([sys.executable, "-c", STARTED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [one.communicate(timeout=120)[0].strip() for one in started] == ["登录"] * 4
    assert [path.name for path in sorted(there.iterdir())] == ["council.mo", "council.po"]
