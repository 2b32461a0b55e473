"""Requests held against an OpenAPI description, where one lies beside the checkout.

Only what the descriptions use is understood: types, required and known properties, enums,
patterns of alternatives, references.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.world.server import Request

GITHUB = Path(__file__).parents[2].parent / "shared" / "contracts" / "github" / "openapi.json"

NOT_IN_THE_EXCERPT = re.compile(r"GET /repos/[^/]+/[^/]+/collaborators/[^/]+/permission")
"""Described by GitHub, but not in every excerpt of its description."""

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


@cache
def _description(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def _patterns(path: Path) -> list[tuple[re.Pattern[str], str]]:
    found = []
    for template in _description(path)["paths"]:
        # A branch name and a file's path hold slashes, which the description does not tell.
        names = re.sub(r"\\{(ref|path|branch|basehead)\\}", ".+", re.escape(template))
        found.append((re.compile(re.sub(r"\\{\w+\\}", "[^/]+", names)), template))
    # The plainest path wins: `git/refs` before `git/{anything}`.
    return sorted(found, key=lambda pair: pair[1].count("{"))


def problems(request: Request, path: Path = GITHUB) -> list[str]:
    """What is wrong with a request; nothing when it is as described."""
    name = f"{request.method} {request.path}"
    if NOT_IN_THE_EXCERPT.fullmatch(name):
        return []
    for pattern, template in _patterns(path):
        operation = _description(path)["paths"][template].get(request.method.lower())
        if operation is not None and pattern.fullmatch(request.path):
            return [f"{name}: {problem}" for problem in _of(request, operation, path)]
    return [f"{name}: not described"]


def _of(request: Request, operation: Mapping[str, Any], path: Path) -> Iterator[str]:
    parameters = [_resolved(p, path) for p in operation.get("parameters", ())]
    known = {p["name"]: p for p in parameters if p["in"] == "query"}
    for name, value in request.query.items():
        if name not in known:
            yield f"unknown query parameter {name}"
            continue
        allowed = _resolved(known[name]["schema"], path).get("enum")
        if allowed and value not in map(str, allowed):
            yield f"{name} is {value!r}, not one of {allowed}"
    body = _resolved(operation.get("requestBody", {}), path)
    if body:
        schema = body["content"]["application/json"]["schema"]
        if request.body or body.get("required"):
            yield from _mismatches(request.json(), schema, "body", path)
    elif request.body:
        yield "an unexpected body"


def _mismatches(value: Any, schema: Mapping[str, Any], where: str, path: Path) -> Iterator[str]:
    schema = _resolved(schema, path)
    if value is None and schema.get("nullable"):
        return
    for word in ("oneOf", "anyOf"):
        if word in schema:
            tried = [list(_mismatches(value, inner, where, path)) for inner in schema[word]]
            if all(tried):
                yield f"{where} fits no alternative: {tried}"
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (kind == "integer" and value is True)):
        yield f"{where} is {value!r}, not of type {kind}"
    elif isinstance(value, dict):
        yield from _in_object(value, schema, where, path)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _mismatches(item, schema.get("items", {}), f"{where}[{number}]", path)
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']}"


def _in_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], where: str, path: Path
) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{where}.{n} is missing" for n in schema.get("required", ()) if n not in value)
    if properties and not schema.get("additionalProperties"):
        yield from (f"{where}.{n} is unknown" for n in value if n not in properties)
    for name, inner in properties.items():
        if name in value:
            yield from _mismatches(value[name], inner, f"{where}.{name}", path)


def _resolved(schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    while "$ref" in schema:
        found: Any = _description(path)
        for word in schema["$ref"].removeprefix("#/").split("/"):
            found = found[word]
        schema = found
    return schema
