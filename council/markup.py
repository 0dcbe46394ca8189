"""Where pages are made: one strict environment, what every page knows, what templates may call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup, escape

from council import figures, i18n, naming
from council.compiled import Compiled
from council.later import Later
from council.settings import settings

if TYPE_CHECKING:
    import segno
else:
    segno = Later("segno")

HERE = Path(__file__).parent
STATIC = HERE / "static"
OPTIONS = sha256(Path(__file__).read_bytes()).hexdigest()[:8]  # of our templates: all of them are in this file
FRAMED = ("language", "modes", "site", "who", "demo", "insecure", "here", "imprint")
OWN_PATH = "~path~"  # stands for the page's own path inside a cached frame
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, as the page frame shows it: a name and the words of the offices held now."""

    name: str
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flash:
    """One sentence shown once after an act. `tone`: done, note or stop."""

    text: str
    tone: str = "done"


@dataclass(frozen=True, slots=True)
class Imprint:
    """The slots of the footer; an empty one is not shown."""

    organiser: str = ""
    telephone: str = ""
    filing: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What base.html asks of every page; its top says what each key is for."""

    title: str
    site: str = ""
    path: str = "/"
    here: str = ""
    language: str = i18n.DEFAULT
    modes: frozenset[str] = frozenset()
    who: Visitor | None = None
    demo: bool = False
    insecure: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    flash: Flash | None = None
    imprint: Imprint = Imprint()

    @property
    def tongue(self) -> str:
        """The page's language as HTML writes it."""
        return "zh-Hans" if self.language == i18n.DEFAULT else self.language

    @property
    def frame(self) -> tuple[Any, ...]:
        """All that the masthead and the footing depend on, but the path."""
        return tuple(getattr(self, name) for name in FRAMED)


@cache
def asset(path: str) -> str:
    """The address of a file under `static/`, changing with its content, so that it may be kept for ever."""
    digest = sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def qr(text: str, label: str) -> Markup:
    """A QR code of `text` as inline SVG, sized by the stylesheet; `label` is what a screen reader says."""
    target = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(target, kind="svg", xmldecl=False, omitsize=True, border=3, light="#fff", svgclass=None)
    drawn = Markup(target.getvalue().decode())  # noqa: S704 - drawn here, holds no words
    return Markup('<span class="qr" role="img" aria-label="{}">{}</span>').format(label, drawn)


class Kit:
    """The macros of govuk-frontend, as `kit.error_summary({...})`; missing keys are forgiven."""

    def __init__(self) -> None:
        loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
        self._macros = Environment(loader=loader, autoescape=True, undefined=ChainableUndefined)
        self._macros.auto_reload = False

    def __getattr__(self, name: str) -> Any:
        component = name.replace("_", "-")
        template = self._macros.get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
        macro = getattr(template.module, "govuk" + name.title().replace("_", ""))
        setattr(self, name, macro)
        return macro


def _attributes(values: Mapping[str, Any]) -> Markup:
    """HTML attributes from a mapping; False and None are left out, True stands bare."""
    kept = [(key, value) for key, value in values.items() if value is not None and value is not False]
    bare, full = Markup(" {}"), Markup(' {}="{}"')
    return Markup("").join(bare.format(k) if v is True else full.format(k, v) for k, v in kept)


def _choices(
    name: str, legend: str, options: Sequence[Sequence[str]], chosen: Sequence[str], errors: Mapping[str, str], hint: str, heading: bool, inline: bool
) -> dict[str, Any]:
    """What the kit's radios and checkboxes ask for; an option is (value, word) or (value, word, hint)."""
    items = [
        {"value": v, "text": word, "checked": str(v) in chosen, "hint": {"text": more[0]} if more else None}
        for v, word, *more in options
    ]
    size = "govuk-fieldset__legend--l" if heading else "govuk-fieldset__legend--s"
    return {
        "idPrefix": naming.own(name), "name": name, "items": items, "hint": {"text": hint} if hint else None,
        "classes": "govuk-radios--inline" if inline else "", "errorMessage": _wrong(name, errors),
        "fieldset": {"legend": {"text": legend, "classes": size, "isPageHeading": heading}},
    }


def _options(
    name: str, label: str, options: Sequence[Sequence[str]], chosen: str, errors: Mapping[str, str], hint: str
) -> dict[str, Any]:
    """What the kit's select asks for."""
    return {
        "id": naming.own(name), "name": name, "label": {"html": label, "classes": "govuk-label--s"},
        "hint": {"text": hint} if hint else None, "errorMessage": _wrong(name, errors),
        "items": [{"value": v, "text": word, "selected": str(v) == chosen} for v, word in options],
    }


def _wrong(name: str, errors: Mapping[str, str]) -> dict[str, str] | None:
    """The kit's error message for a field, or None."""
    return {"text": errors[name], "visuallyHiddenText": i18n.gettext("Error")} if name in errors else None


def drawn(row: Mapping[str, Any]) -> Markup:
    """A row of a list, drawn once for each language and content."""
    facts = tuple(str(fact) for fact in row.get("facts") or ())
    words = (str(row.get("stage") or ""), str(row.get("tone") or "wait"), facts, str(row.get("note") or ""))
    return _drawn(i18n.language(), str(row["href"]), str(row["title"]), str(row.get("affair") or ""), *words)


@lru_cache(maxsize=8192)
def _drawn(language: str, *words: Any) -> Markup:
    return Markup(environment().globals["ui"].row(*words))  # type: ignore[attr-defined]  # noqa: S704 - the macro escapes


def rows_drawn(rows: Sequence[Mapping[str, Any] | Markup]) -> Markup:
    """The rows of a list; what a route has drawn already stays as it is."""
    return Markup("".join([row if isinstance(row, Markup) else drawn(row) for row in rows]))  # noqa: S704 - each is markup already


FILTERS = {
    "day": i18n.day,
    "dated": i18n.dated,
    "moment": i18n.moment,
    "hour": i18n.hour,
    "short_day": figures.short_day,
    "iso": figures.iso,
    "mask_name": figures.mask_name,
    "grouped": figures.grouped,
    "phrased": figures.phrased,
    "number": figures.number,
    "area": figures.area,
    "attributes": _attributes,
}


@cache
def environment() -> Environment:
    """The one environment: a missing value is an error, all text is escaped, files are read once."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=Compiled(settings().data / "templates", OPTIONS),
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(FILTERS)
    made.globals.update(asset=asset, qr=qr, kit=Kit(), masthead=masthead, footing=footing, rows_drawn=rows_drawn)
    made.globals.update(shares=figures.shares, percent=figures.percent, gettext=i18n.said, _=i18n.said)
    made.globals.update(choices_of=_choices, options_of=_options, wrong=_wrong, own=naming.own)
    # A macro sees the globals of the moment it is loaded: ui comes first because the others use it.
    for name, file in (("ui", "ui"), ("field", "fields"), ("chart", "charts"), ("live", "live")):
        made.globals[name] = made.get_template(f"macros/{file}.html").module
    return made


@lru_cache(maxsize=1024)
def _framed(block: str, key: tuple[Any, ...]) -> str:
    """One block of frame.html with a token for the path, in the language the key names."""
    page = Page("", path=OWN_PATH, **dict(zip(FRAMED, key, strict=True)))
    with i18n.speaking(page.language):
        return str(render_block(environment(), "frame.html", block, page=page))


def masthead(page: Page) -> Markup:
    """The top of the page, rendered once per language, mode, person and place; only its path changes."""
    return _placed("masthead", page)


def footing(page: Page) -> Markup:
    """The bottom of the page, kept like the masthead."""
    return _placed("footing", page)


def _placed(block: str, page: Page) -> Markup:
    text = _framed(block, page.frame).replace(OWN_PATH, str(escape(page.path)))
    return Markup(text)  # noqa: S704 - both halves are escaped already


def render(template: str, block: str | None = None, **context: Any) -> str:
    """A whole page, or one block of it, in the language now spoken. Pages need `page=Page(...)`."""
    naming.anew()
    if block is None:
        return environment().get_template(template).render(context)
    return render_block(environment(), template, block, context)
