"""Every refusal in one shape: ``{"code": ..., "message": ..., "fields": {name: [sentences]}}``.

``code`` is for programs and stays as it is; ``message`` and ``fields`` are sentences for people.
What is out of reach and what was never there get the same answer, byte for byte.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from clinic.actions import Refused
from clinic.encryption import Erased

logger = logging.getLogger(__name__)

Fields = dict[str, list[str]]


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """The answer to an exception of a view, as Django REST framework asks for it."""
    set_rollback()
    for kinds, answer in ANSWERS:
        if isinstance(error, kinds):
            response: Response = answer(error)
            return response
    # Ours to mend: said to the log, and to whoever runs the tests.
    logger.error("Unexpected %s in the API", type(error).__name__, exc_info=error)
    got_request_exception.send(sender=None, request=context["request"]._request)
    return shape(500, "server_error", _("Something went wrong on our side. Nothing was changed."))


def shape(
    status: int, code: str, message: str, fields: Fields | None = None, **headers: str
) -> Response:
    """An error as the API answers it; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"code": code, "message": message, "fields": fields or {}}
    return Response(body, status=status, headers=named)


def _refused(error: Refused) -> Response:
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
    fields = {error.field: [error.sentence]} if error.field else {}
    return shape(409, code, error.sentence, fields)


def _invalid(error: exceptions.ValidationError) -> Response:
    fields: Fields = {}
    for name, sentence in _sentences(error.detail):
        fields.setdefault(name, []).append(sentence)
    return shape(400, "invalid", _("Please look at the fields named here."), fields)


def _sentences(detail: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each sentence with the name of its field, nested ones joined by dots."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _sentences(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _sentences(inner, name)
    else:
        yield name, str(detail)


def _not_signed_in(error: exceptions.APIException) -> Response:
    sentence = _("Send a token: Authorization: Bearer, then its value.")
    code = "not_authenticated"
    if isinstance(error, exceptions.AuthenticationFailed):
        sentence, code = str(error.detail), "token_refused"
    return shape(401, code, sentence, WWW_Authenticate=getattr(error, "auth_header", "Bearer"))


def _forbidden(error: Exception) -> Response:
    if isinstance(error, exceptions.PermissionDenied):
        code = error.get_codes()
        known = code if code in ("csrf", "scope") else "forbidden"
        return shape(403, str(known), str(error.detail))
    return shape(403, "forbidden", _("Your role does not allow this for this client."))


def _throttled(error: exceptions.Throttled) -> Response:
    wait = str(max(1, round(getattr(error, "wait", None) or 1)))
    sentence = _("Too many requests. Try again in %(seconds)s s.") % {"seconds": wait}
    return shape(429, "too_many_requests", sentence, Retry_After=wait)


def _not_found(error: Exception) -> Response:
    return shape(404, "not_found", _("There is nothing at this address, or not for you."))


def _wrong_verb(error: Exception) -> Response:
    return shape(405, "method_not_allowed", _("This address does not know this method."))


def _wrong_type(error: Exception) -> Response:
    return shape(415, "unsupported_media_type", _("Please send application/json."))


def _not_acceptable(error: Exception) -> Response:
    return shape(406, "not_acceptable", _("The API answers with application/json only."))


def _conflict(error: Exception) -> Response:
    # Never the database's own words: they repeat what was to be written.
    return shape(409, "conflict", _("This clashes with something that was saved meanwhile."))


def _database_away(error: Exception) -> Response:
    sentence = _("The database does not answer just now. Nothing was lost; please try again.")
    return shape(503, "unavailable", sentence, Retry_After="30")


def _erased(error: Exception) -> Response:
    return shape(410, "erased", _("This person’s data was erased."))


def _other(error: exceptions.APIException) -> Response:
    return shape(error.status_code, str(error.default_code), str(error.detail))


ANSWERS: list[tuple[Any, Any]] = [
    (Refused, _refused),
    (Http404, _not_found),
    (exceptions.NotFound, _not_found),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), _not_signed_in),
    ((PermissionDenied, exceptions.PermissionDenied), _forbidden),
    (exceptions.ValidationError, _invalid),
    (exceptions.MethodNotAllowed, _wrong_verb),
    (exceptions.UnsupportedMediaType, _wrong_type),
    (exceptions.NotAcceptable, _not_acceptable),
    (exceptions.Throttled, _throttled),
    (exceptions.APIException, _other),
    (Erased, _erased),
    (IntegrityError, _conflict),
    ((OperationalError, InterfaceError), _database_away),
]
