"""The shape of the house: who may import whom, how large things are, where SQL and HTML may stand."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "council"
FLOORS = ("words", "rules", "workshop", "neighbourhood", "proceedings", "partnership", "secretariat", "porch", "routes", "cli", "app")
LEVEL = {
    "words": 0, "rules": 1, "workshop": 1, "neighbourhood": 2, "proceedings": 3, "partnership": 3, "secretariat": 4, "porch": 5,
    "routes": 6, "app": 7, "cli": 8,
}  # fmt: skip
# Beside each other on one level, and none of them imports the other.
APART = {("rules", "workshop"), ("workshop", "rules"), ("proceedings", "partnership"), ("partnership", "proceedings")}
PORCH = {"forms", "pages", "sessions", "guard", "limits"}
ORDER = {
    "neighbourhood": (
        "numbering journal sealed titles template places treelog organisations households people offices generations credentials listing registers "
        "identities registry "
        "lists alliances corrections imports guesses passwords entering"
    ).split(),
    "proceedings": (
        "contacts photos sight meetings calling diary clashes series invitations times petitions chains guests "
        "slips matters uploads reporting handoffs triage referrals presence roll attendance agenda documents orders opinions speakers points "
        "electorates proposals merging votes ballots ballotboard paperlist tallying scrutiny proxies custodians quorate casting box ballotbox "
        "rollobjections conduct unsealing reaching "
        "publishing questions papercounts timekeeping gates resolutions withdrawals evaluations tasks tasklists timeline chair undoing paperrecords "
        "paperoutcomes consultations endings masking wordings asking unheard contributions "
        "answerbox answers statements floods moderation recordings headings answering draws"
    ).split(),
    "partnership": (
        "files needs resources claims venues projects advances agreements signers appraisals signatures editions skeletons texts certificates "
        "drafting supplements mediations finding freezing keys revocations audit "
        "sealpictures signing papercopies verification delegation devices ownfiles leaving renewals terms statistics "
        "bundlesheets bundles sittings slips publiccopies auditpapers"
    ).split(),
}


def test_every_module_of_an_ordered_floor_has_its_place():
    for name, order in ORDER.items():
        assert {p.stem for p in (ROOT / name).glob("*.py")} - {"__init__"} == set(order), name


def modules() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if "_migrations" not in p.parts)


def floor(name: str) -> str:
    """The floor of a dotted module name below `council`."""
    parts = name.split(".")
    if len(parts) < 2:
        return "words"
    if parts[1] == "routes":
        return "porch" if len(parts) > 2 and parts[2] in PORCH else "routes"
    if parts[1] in ("app", "cli", "__main__"):
        return "app" if parts[1] == "app" else "cli"
    return parts[1] if parts[1] in LEVEL else "words"


def dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imports(tree: ast.AST) -> set[str]:
    """Every module of ours that is imported anywhere in the file."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.startswith("council")}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("council"):
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                path = ROOT.parent / Path(*deeper.split("."))
                found.add(deeper if path.with_suffix(".py").exists() or path.is_dir() else node.module)
    return found


def wrong(importer: str, imported: str) -> str | None:
    """Why this arrow may not be, or None."""
    above, below = floor(importer), floor(imported)
    if (above, below) in APART:
        return f"{importer} reaches across to {imported}"
    if LEVEL[below] > LEVEL[above]:
        return f"{importer} reaches up to {imported}"
    if above == below and above in ORDER:
        order = ORDER[above]
        a, b = importer.split(".")[2], imported.split(".")[2] if imported.count(".") > 1 else ""
        if a in order and b in order and order.index(b) > order.index(a):
            return f"{importer} reaches forward to {imported}"
    return None


def test_a_module_imports_only_from_floors_below_it():
    faults = [
        fault for path in modules() for name in imports(ast.parse(path.read_text())) if (fault := wrong(dotted(path), name)) is not None
    ]
    assert not faults, "\n".join(sorted(faults))


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("council.rules.decide", "council.neighbourhood.places"),
        ("council.proceedings.matters", "council.partnership.needs"),
        ("council.proceedings.agenda", "council.proceedings.ballots"),
        ("council.workshop.pdf", "council.rules.kinds"),
        ("council.secretariat.minutes", "council.routes.pages"),
    ],
)
def test_a_wrong_arrow_is_seen(importer, imported):
    assert wrong(importer, imported)


def test_no_function_is_longer_than_forty_lines_and_no_module_than_250():
    faults = []
    for path in modules():
        text = path.read_text()
        if text.count("\n") > 250:
            faults.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40:
                faults.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not faults, "\n".join(faults)


RARE = ("PIL", "aiohttp", "babel", "cryptography", "docx", "holidays", "icalendar", "lxml", "pyhanko", "segno", "weasyprint", "xlsxwriter")


def test_the_application_is_assembled_without_the_libraries_that_few_pages_need():
    code = f"import sys, council.app; council.app.application(); print([name for name in {RARE} if name in sys.modules], 'jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "[] True", done.stderr


QUERIES = {"filter", "get_or_none", "prefetch_related", "select_related", "raw", "execute_query", "execute_query_dict", "sql", "create"}


def test_no_query_stands_in_a_route():
    faults = []
    for path in sorted((ROOT / "routes").glob("*.py")):
        if path.stem in PORCH:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in QUERIES:
                faults.append(f"routes/{path.name}:{node.lineno} .{node.func.attr}(")
            if isinstance(node, ast.Try):
                faults.append(f"routes/{path.name}:{node.lineno} try")
    assert not faults, "\n".join(faults)


def test_the_bare_word_party_is_not_a_name():
    faults = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node, "id", None) or getattr(node, "name", None) or getattr(node, "arg", None)
            if isinstance(name, str) and name.lower() in {"party", "poll", "motion", "ticket"}:
                faults.append(f"{path.relative_to(ROOT)}: {name}")
    assert not faults, "\n".join(faults)


def test_templates_are_at_most_120_lines():
    pages = [p for p in ROOT.rglob("*.html") if "macros" not in p.parts and p.name != "gallery.html"]
    long = [f"{p.relative_to(ROOT)}: {n}" for p in pages if (n := p.read_text().count("\n")) > 120]
    assert not long, "\n".join(long)
