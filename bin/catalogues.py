"""Build hook: compiles the catalogues into the wheel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for po in Path(self.root).glob("locale/*/LC_MESSAGES/council.po"):
            mo, scratch = po.with_suffix(".mo"), po.with_suffix(f".{os.getpid()}.part")
            with po.open("rb") as source, scratch.open("wb") as target:
                write_mo(target, read_po(source))
            scratch.replace(mo)
            build_data["force_include"][str(mo)] = f"council/_locale/{mo.relative_to(Path(self.root) / 'locale')}"
