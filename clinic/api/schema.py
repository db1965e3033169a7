"""The OpenAPI schema: what drf-spectacular finds, with the error answers that all share."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.base import ApiView
from clinic.roles import Permission

ERROR_SCHEMA = {
    "type": "object",
    "description": "Every refusal has this shape.",
    "required": ["code", "message", "fields"],
    "properties": {
        "code": {"type": "string", "description": "For programs; it stays as it is."},
        "message": {"type": "string", "description": "A sentence for people."},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "Sentences by the field or parameter they are about.",
        },
    },
}
ERRORS: dict[str, tuple[str, str, str, dict[str, list[str]]]] = {
    "400": (
        "Something that was sent is not right; nothing was changed.",
        "invalid",
        "Please look at the fields named here.",
        {"name": ["This may not be empty."]},
    ),
    "401": (
        "No token, or one that does not work.",
        "token_refused",
        "This token does not work, or no longer does.",
        {},
    ),
    "403": (
        "Your role or the token’s scopes do not allow this.",
        "forbidden",
        "Your role does not allow this.",
        {},
    ),
    "404": (
        "Not there, or not for you: nobody can tell which.",
        "not_found",
        "There is nothing at this address, or not for you.",
        {},
    ),
    "406": (
        "Asked for something other than JSON.",
        "not_acceptable",
        "The API answers with application/json only.",
        {},
    ),
    "409": (
        "The state of things does not allow this.",
        "already_submitted",
        "This form was sent already, with other answers. The first answers stand.",
        {},
    ),
    "410": (
        "The person’s data was erased.",
        "erased",
        "This person’s data was erased.",
        {},
    ),
    "413": (
        "More than 100 kB.",
        "too_large",
        "This is more than the API takes at once.",
        {},
    ),
    "415": (
        "Not application/json.",
        "unsupported_media_type",
        "Please send application/json.",
        {},
    ),
    "429": (
        "More than 120 requests in a minute; `Retry-After` says how long to wait.",
        "too_many_requests",
        "Too many requests. Try again in 12 s.",
        {},
    ),
}
ALWAYS = ("400", "401", "403", "406", "429")
WITH_BODY = ("409", "413", "415")
ABOUT_A_ROW = ("404", "410")


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "clinic.api.authentication.ScopedTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": (
                "A token from your account page. It acts for you, within its scopes: `read` for "
                "GET, `write` for POST and PATCH."
            ),
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "clinic.api.authentication.StaffSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        from django.conf import settings

        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session of the pages; writing needs the X-CSRFToken header too.",
        }


def add_errors(result: dict[str, Any], **_rest: Any) -> dict[str, Any]:
    """Postprocessing hook: the shared error answers on every operation that may give them."""
    components = result["components"]
    components.setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    components["responses"] = {f"Error{status}": _error(status) for status in ERRORS}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            statuses = list(ALWAYS)
            if method in ("post", "patch"):
                statuses += WITH_BODY
            if "{" in path or _names_a_client(operation, components["schemas"]):
                statuses += ABOUT_A_ROW
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = "The identifier, as the lists give it."
            for status in sorted(statuses):
                reference = {"$ref": f"#/components/responses/Error{status}"}
                operation["responses"].setdefault(status, reference)
    return result


def _names_a_client(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether the body of a request names a client, who may be out of reach."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return "client" in schemas.get(name, {}).get("properties", {})


def _error(status: str) -> dict[str, Any]:
    description, code, message, fields = ERRORS[status]
    return {
        "description": description,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "example": {"code": code, "message": message, "fields": fields},
            }
        },
    }


@lru_cache(maxsize=1)
def whole() -> dict[str, Any]:
    """The schema of the API. It follows from the code alone, so once per process is enough."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


class SchemaView(ApiView):
    """The schema itself."""

    policy = {"GET": Permission.USE_API}

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(whole())
