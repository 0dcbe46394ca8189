"""Form body -> typed values, or every error by field, in the reader's language, with what was typed kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from types import new_class
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from council.i18n import Phrase
from council.text import Wrong, passage

Again = Callable[..., Awaitable[Response]]

WORDS: dict[str, Phrase] = {
    "missing": Phrase("Fill in this field."),
    "string_too_short": Phrase("Write at least %(min_length)s characters."),
    "string_too_long": Phrase("Write at most %(max_length)s characters."),
    "string_type": Phrase("Fill in this field."),
    "string_pattern_mismatch": Phrase("This is not written in the way that is needed here."),
    "int_parsing": Phrase("Write a whole number, such as 12."),
    "int_type": Phrase("Write a whole number, such as 12."),
    "greater_than_equal": Phrase("The number is at least %(ge)s."),
    "less_than_equal": Phrase("The number is at most %(le)s."),
    "decimal_parsing": Phrase("Write a number, such as 12.50."),
    "date_from_datetime_parsing": Phrase("Write the day like this: 2026-11-25."),
    "date_parsing": Phrase("Write the day like this: 2026-11-25."),
    "datetime_parsing": Phrase("Write the day and the time like this: 2026-11-25 19:00."),
    "datetime_from_date_parsing": Phrase("Write the day and the time like this: 2026-11-25 19:00."),
    "literal_error": Phrase("Choose one of the answers shown."),
    "enum": Phrase("Choose one of the answers shown."),
    "bool_parsing": Phrase("Choose yes or no."),
    "too_short": Phrase("Choose at least one."),
}
LONG = 1_000_000  # bytes of a form with long texts: a Chinese sign travels as nine
PHOTO = 16_000_000  # bytes of a form with one photo as a telephone takes it
A_ROLL = 4_000  # boxes of a form with a line for everybody on the roll
OTHER = Phrase("This cannot be read. Please check it.")


class Read(BaseModel):
    """A form as it was read. What is not named in its shape is ignored, whatever the body holds; text is trimmed."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, arbitrary_types_allowed=True, defer_build=True)
    most: ClassVar[int] = 2**31 - 1  # what the number of a record can be

    @field_validator("*", mode="after")
    @classmethod
    def _possible(cls, value: Any) -> Any:
        """No number and no day that a database could not hold."""
        numbers = value if isinstance(value, list) else [value]
        if any(isinstance(one, int) and abs(one) > cls.most for one in numbers):
            raise Wrong("This number is too large.")
        if isinstance(value, date) and not 1900 <= value.year < 2200:
            raise Wrong("Write the day like this: 2026-11-25.")
        return value


if TYPE_CHECKING:
    Given = Read  # whoever has read a form holds an instance of its reader
else:
    Given = object


class Shape(Given):
    """A form's fields, each with its type, and perhaps what it is when it is not sent."""

    boxes: ClassVar[int] = 400  # fields that such a form can send; a list to tick has as many as names on it
    wanted: ClassVar[dict[str, Phrase]] = {}  # field -> the sentence when it is left empty
    reader: ClassVar[type[Read]] = Read


OURS = ("__dict__", "__weakref__", "boxes", "wanted", "reader")  # all else that stands in a shape is the reader's
T = TypeVar("T", bound=Shape)


def shape(name: str, above: type[T], **fields: tuple[Any, Any]) -> type[T]:
    """A shape whose fields are only known now: name -> (type, what it is when it is not sent)."""
    given = {each: default for each, (_, default) in fields.items()}
    return type(name, (above,), {"__module__": above.__module__, "__annotations__": {each: kind for each, (kind, _) in fields.items()}, **given})


def _reader(shape: type[Shape]) -> type[Read]:
    """What reads a shape, made when such a form is first sent: making all hundred and seventy took a tenth of each start."""
    if (made := vars(shape).get("reader")) is None:
        fields = {name: value for name, value in vars(shape).items() if name not in OURS}
        made = new_class(shape.__name__, (_reader(shape.__mro__[1]),), exec_body=lambda space: space.update(fields))
        shape.reader = made
    return cast(type[Read], made)


class Unread(Exception):
    """The form could not be read: field -> sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


async def read(request: Request, shape: type[T], again: Again | None = None) -> T:
    """The form as `shape`. `again` is the page to show with `errors` and `kept` when it cannot be read or the act is refused."""
    form = await request.form(max_files=6, max_fields=shape.boxes, max_part_size=LONG)
    given, faults = _tidy(_plain(form, shape))
    request.state.again = (again, {k: v for k, v in given.items() if not isinstance(v, UploadFile)})
    if faults:
        raise Unread(faults)
    try:
        return cast(T, _reader(shape).model_validate({k: v for k, v in given.items() if v != ""}))
    except ValidationError as fault:
        raise Unread({_field(e): _left(e, shape) or _sentence(e) for e in reversed(fault.errors())}) from None


def _tidy(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every text in one composed form; what cannot be kept is left out and named."""
    kept, faults = {}, {}
    for name, value in given.items():
        try:
            kept[name] = [_passage(one) for one in value] if isinstance(value, list) else _passage(value)
        except Wrong as wrong:
            faults[name] = str(wrong)
    return kept, faults


def _passage(value: Any) -> Any:
    return passage(value) if isinstance(value, str) else value


def _plain(form: FormData, shape: type[Shape]) -> dict[str, Any]:
    """One value a field, a list where the shape asks for one."""
    out: dict[str, Any] = {}
    for name, about in _reader(shape).model_fields.items():
        key = about.alias or name
        if get_origin(about.annotation) in (list, tuple):
            out[key] = [v for v in form.getlist(key) if v != "" and not _empty(v)]
        elif key in form and not _empty(form[key]):
            out[key] = form[key]
    return out


def _empty(value: Any) -> bool:
    return isinstance(value, UploadFile) and not value.filename


def _field(error: Any) -> str:
    return str(error["loc"][0]) if error["loc"] else ""


def _left(error: Any, shape: type[Shape]) -> str:
    """The shape's own sentence for a field left empty, or ""."""
    return str(shape.wanted.get(_field(error), "")) if error["type"] == "missing" else ""


def _sentence(error: Any) -> str:
    if error["type"] == "value_error" and isinstance(error.get("ctx", {}).get("error"), Exception):
        return str(error["ctx"]["error"])
    phrase = WORDS.get(error["type"], OTHER)
    return str(Phrase(phrase.message, **{k: v for k, v in error.get("ctx", {}).items() if isinstance(v, (int, str))}))
