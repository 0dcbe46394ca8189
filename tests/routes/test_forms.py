"""Forms: what reads a shape is made when such a form is first sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from council.routes import forms, routes


def below(above: type[Any]) -> Iterator[type[forms.Shape]]:
    for shape in above.__subclasses__():
        yield shape
        yield from below(shape)


def test_every_form_can_be_read():
    routes()
    shapes = list(below(forms.Shape))
    assert len(shapes) > 150
    for shape in shapes:
        assert forms._reader(shape).model_rebuild() is not False, f"{shape.__module__}.{shape.__name__}"


def test_a_form_is_not_made_before_it_is_sent():
    class Small(forms.Shape):
        words: str

    assert not any(name.startswith("__pydantic") for name in vars(Small))
    assert forms._reader(Small) is forms._reader(Small)


def test_a_shape_made_of_names_has_the_fields_and_verbs_of_the_one_above():
    class Above(forms.Shape):
        words: str = ""

        def loud(self) -> str:
            return self.words.upper()

    made: Any = forms._reader(forms.shape("Made", Above, part_1=(int, 4)))
    given = made.model_validate({"words": " well ", "part_2": "x"})
    assert (given.loud(), given.part_1) == ("WELL", 4)
    assert list(made.model_fields) == ["words", "part_1"]
    assert not hasattr(given, "part_2")
