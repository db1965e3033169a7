"""The documentation page: the schema, laid out for reading.

It is a page of ours and no script of somebody else's, since those draw by writing HTML, which our
Content-Security-Policy forbids (require-trusted-types-for, trusted-types 'none').
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from clinic import access
from clinic.api import schema as schemas
from clinic.roles import Permission

JSON = "application/json"
SAMPLE_ID = "0195a1c2-7d00-7a31-9c1b-2f6f4c0d8e11"
DEEPEST = 4


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body; ``inner`` are the fields of an object within."""

    name: str
    kind: str
    required: bool
    description: str = ""
    choices: list[str] = field(default_factory=list)
    inner: list[Field] = field(default_factory=list)


@dataclass(frozen=True)
class Body:
    """What is sent or answered: its fields, and an example."""

    fields: list[Field]
    example: str
    status: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[Field]
    request: Body | None
    answers: list[Body]
    refusals: list[tuple[str, str]]
    curl: str


@dataclass(frozen=True)
class Group:
    name: str
    anchor: str
    description: str
    operations: list[Operation]


@require_safe
@access.requires(Permission.USE_API)
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes and gives, and a command to try it."""
    whole = schemas.whole()
    errors = [
        {"status": status, "meaning": marked(text), "code": code}
        for status, (text, code, _message, _fields) in schemas.ERRORS.items()
    ]
    context = {
        "groups": Reader(whole).groups(),
        "errors": errors,
        "error_example": _pretty(_error_example(whole)),
        "server": settings.PUBLIC_URL,
        "first_call": f"curl {settings.PUBLIC_URL}/api/v1/clients/ \\\n"
        '  -H "Authorization: Bearer $TOKEN"',
    }
    return render(request, "clinic/api_docs.html", context)


def _error_example(whole: dict[str, Any]) -> Any:
    return whole["components"]["responses"]["Error400"]["content"][JSON]["example"]


class Reader:
    """Reads operations out of a schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def groups(self) -> list[Group]:
        """The operations by their tag, in the order in which the schema lists the tags."""
        by_tag: dict[str, list[Operation]] = {}
        for path, operations in self.schema["paths"].items():
            for method, operation in operations.items():
                read = self.operation(path, method, operation)
                by_tag.setdefault(operation["tags"][0], []).append(read)
        return [
            Group(tag["name"], slugify(tag["name"]), tag["description"], by_tag[tag["name"]])
            for tag in self.schema["tags"]
        ]

    def operation(self, path: str, method: str, operation: dict[str, Any]) -> Operation:
        request = self.request(operation)
        answers, refusals = [], []
        for status, answer in operation["responses"].items():
            answer = self.resolve(answer)
            if int(status) < HTTPStatus.BAD_REQUEST:
                answers.append(self.answer(status, answer))
            else:
                refusals.append((status, answer["description"].replace("`", "")))
        return Operation(
            anchor=slugify(operation["operationId"].replace("_", "-")),
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            description=marked(operation.get("description", "")),
            scope="read" if method == "get" else "write",
            parameters=[
                self.parameter(parameter)
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query"
            ],
            request=request,
            answers=answers,
            refusals=refusals,
            curl=curl(path, method, request.example if request else ""),
        )

    def request(self, operation: dict[str, Any]) -> Body | None:
        body = operation.get("requestBody")
        if body is None:
            return None
        content = body["content"][JSON]
        return Body(self.fields(content["schema"]), _example(content))

    def answer(self, status: str, answer: dict[str, Any]) -> Body:
        content = answer.get("content", {}).get(JSON)
        meaning = HTTPStatus(int(status)).phrase
        if content is None:
            return Body([], "", status, marked(answer["description"]))
        return Body(self.fields(content["schema"]), _example(content), status, meaning)

    def parameter(self, parameter: dict[str, Any]) -> Field:
        schema = parameter["schema"]
        return Field(
            parameter["name"],
            self.kind(schema),
            parameter.get("required", False),
            marked(parameter.get("description", "")),
            [str(value) for value in schema.get("enum", [])],
        )

    def fields(self, schema: dict[str, Any], depth: int = 0) -> list[Field]:
        """The fields of an object, of the rows of a list, or of the values of a mapping."""
        schema = self.resolve(schema)
        if schema.get("type") == "array":
            return self.fields(schema["items"], depth)
        if depth > DEEPEST:
            return []
        if isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema:
            return self.fields(schema["additionalProperties"], depth)
        required = schema.get("required", [])
        return [
            self.field(name, inner, name in required, depth)
            for name, inner in schema.get("properties", {}).items()
        ]

    def field(self, name: str, schema: dict[str, Any], required: bool, depth: int) -> Field:
        full = self.resolve(schema)
        choices = [str(value) for value in full.get("enum", []) if value not in (None, "")]
        return Field(
            name,
            self.kind(schema),
            required,
            marked(full.get("description", "")),
            choices,
            self.fields(schema, depth + 1),
        )

    def kind(self, schema: dict[str, Any]) -> str:
        """ "string", "list of objects", "date or null"."""
        full = self.resolve(schema)
        kind = str(full.get("format") or full.get("type") or "object")
        kind = {"date-time": "instant", "double": "number", "float": "number", "uuid": "id"}.get(
            kind, kind
        )
        if kind == "array":
            kind = f"list of {self.kind(full['items'])}s"
        elif kind == "object" and isinstance(full.get("additionalProperties"), dict):
            kind = f"mapping to {self.kind(full['additionalProperties'])}"
        return f"{kind} or null" if full.get("nullable") else kind

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema with what it refers to in its place."""
        if "$ref" in schema:
            found: Any = self.schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return self.resolve({**found, **{k: v for k, v in schema.items() if k != "$ref"}})
        for word in ("allOf", "oneOf"):
            if word in schema:
                rest = {key: value for key, value in schema.items() if key != word}
                first, *others = schema[word]
                nullable = any(self.resolve(other).get("enum") == [None] for other in others)
                merged = {**self.resolve(first), **rest}
                return {**merged, "nullable": True} if nullable else merged
        return schema


def marked(text: str) -> SafeString:
    """Text with what stands between backquotes as code; everything escaped."""
    parts = (
        format_html("<code>{}</code>" if number % 2 else "{}", part)
        for number, part in enumerate(text.split("`"))
    )
    return format_html_join("", "{}", ((part,) for part in parts))


def _example(content: dict[str, Any]) -> str:
    """The first example of a body, as people read JSON."""
    examples = list(content.get("examples", {}).values())
    return _pretty(examples[0]["value"]) if examples else ""


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def curl(path: str, method: str, body: str) -> str:
    """A command that does this, ready to paste; the token comes from the environment."""
    address = f"{settings.PUBLIC_URL}{path.replace('{id}', SAMPLE_ID)}"
    lines = [f"curl {address}", '-H "Authorization: Bearer $TOKEN"']
    if method != "get":
        lines.insert(1, f"-X {method.upper()}")
    if body:
        lines += ['-H "Content-Type: application/json"', f"-d {shlex.quote(_compact(body))}"]
    return " \\\n  ".join(lines)


def _compact(body: str) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False)
