"""What is wrong with a tracker.toml, in one sentence and in the words of the file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

_MISSING = {
    "list": 'add a [list] table with repository = "owner/name" or path = "."',
    "sources.arxiv.categories": 'name arXiv categories, such as categories = ["cs.CL"]',
}


def sentence(error: ValidationError, root: type[BaseModel], patterns: Mapping[str, str]) -> str:
    """The first problem of a validation of `root`, with the remedy.

    `patterns` says what text that matches a regular expression is.
    """
    problem = error.errors()[0]
    where = problem["loc"]
    key = ".".join(str(part) for part in where)
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        known = _place(root, where[:-1]).keys
        close = difflib.get_close_matches(str(where[-1]), known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"allowed here: {', '.join(known)}"
        return f"unknown key {key!r}; {hint}"
    if kind == "missing":
        return f"{key!r} is missing; {_MISSING.get(key, 'add it')}"
    if kind == "value_error" and not where:
        return str(context["error"])
    if kind == "value_error":
        allowed = str(context["error"])
    elif kind == "string_pattern_mismatch":
        allowed = patterns.get(context["pattern"], f"text that matches {context['pattern']}")
    else:
        allowed = _allowed(kind, key, problem["input"], _place(root, where))
        allowed = allowed or problem["msg"].removeprefix("Input should be ")
    return f"{key!r} is {problem['input']!r}; allowed: {allowed}"


@dataclass(frozen=True, slots=True)
class _Place:
    """What the settings say of a key: its field, and the table that stands there, if any."""

    model: type[BaseModel] | None
    field: FieldInfo | None = None

    @property
    def keys(self) -> list[str]:
        """The keys of the table that are written in the file."""
        fields = self.model.model_fields if self.model else {}
        return [name for name, field in fields.items() if not field.exclude]


def _place(root: type[BaseModel], where: Sequence[int | str]) -> _Place:
    """The place a key leads to, through lists of tables and tables named by headings."""
    place, named = _Place(root), False
    for part in where:
        if named or place.model is None:
            # The number of an item or somebody's heading: what it holds is known already.
            named = False
            continue
        field = place.model.model_fields.get(str(part))
        if field is None:
            return _Place(None)
        place = _Place(_table(field.annotation), field)
        named = any(get_origin(each) in (dict, tuple) for each in _parts(field.annotation))
    return place


def _parts(annotation: Any) -> tuple[Any, ...]:
    """The annotation and what it is made of."""
    return annotation, *(part for inner in get_args(annotation) for part in _parts(inner))


def _table(annotation: Any) -> type[BaseModel] | None:
    """The settings table inside an annotation such as `tuple[FeedSettings, ...]`."""
    parts = _parts(annotation)
    return next((p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)), None)


def _allowed(kind: str, key: str, found: object, place: _Place) -> str:
    """What would have been right; "" where the validator's own words say it."""
    if kind == "tuple_type" and place.model is not None:
        return f"tables in double brackets, [[{key}]]" + (
            ", also around a single one" if isinstance(found, dict) else ""
        )
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return f"a table, in single brackets: [{key}]" if isinstance(found, list) else "a table"
    if place.field is not None and {int, float} & set(_parts(place.field.annotation)):
        return _number(place.field) + (", without quotes" if isinstance(found, str) else "")
    return {
        "tuple_type": "a list",
        "too_short": "a list with at least one item",
        "bool_type": "true or false, without quotes",
        "string_type": "text in quotes",
        "string_too_short": "text that is not empty",
    }.get(kind, "")


def _number(field: FieldInfo) -> str:
    """The whole range of a number."""
    bounds = {
        name: value
        for name in ("ge", "gt", "le", "lt")
        for value in [getattr(bound, name, None) for bound in field.metadata]
        if value is not None
    }
    what = "a whole number" if int in _parts(field.annotation) else "a number"
    if "ge" in bounds and "le" in bounds:
        return f"{what} from {bounds['ge']} to {bounds['le']}"
    words = {"ge": "of at least", "gt": "above", "le": "up to", "lt": "below"}
    said = " and ".join(f"{words[name]} {value}" for name, value in bounds.items())
    return f"{what} {said}".rstrip()
