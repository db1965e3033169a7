"""Whoever holds a personal link: the cookie that stands for it, and what the form pages ask of it.

The form pages know nobody else: a member of staff who opens a link in their own browser is a
holder like any other, and their session is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, wraps
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, RejectRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from assessments import queries, wording
from assessments.actions import links
from assessments.actions.links import LinkState
from assessments.measurement import scoring
from assessments.measurement.definition import Instrument
from assessments.models import PersonalLink, Response
from clinic.audit import Actor
from clinic.models import Practice

SALT = "assessments.form"
LONGEST = timedelta(hours=24)
# The cookie outlives its link by a little, so that a form that runs out while somebody answers
# can say so. It opens nothing then: the link itself is looked at on every request.
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Holder:
    """The holder of a started link, and the form it opens."""

    link: PersonalLink
    by: Actor
    now: datetime
    # Whether an answer that a risk rule names was given in this browser, kept or changed since.
    met_risk: bool = False

    @property
    def practice(self) -> Practice:
        return self.link.occasion.client.practice

    @cached_property
    def instrument(self) -> Instrument:
        return self.link.occasion.assignment.instrument

    @cached_property
    def response(self) -> Response | None:
        return links.response_of(self.link.occasion)

    @cached_property
    def answers(self) -> dict[str, int | None]:
        return self.response.answers if self.response else {}

    @cached_property
    def notes(self) -> dict[str, str]:
        return (self.response.item_comments if self.response else None) or {}

    @property
    def named(self) -> UUID | None:
        """The relationship that the answers are about, where the form asks about one.

        A form once begun stays with the relationship it was begun about.
        """
        if not queries.asks_about_a_relationship(self.instrument):
            return None
        begun = self.response
        return self.link.reference_in_force if begun is None else begun.reference_id

    @cached_property
    def think_of(self) -> str:
        """Whom the client is to think of; empty where nobody was named."""
        if self.named is None:
            return ""
        return wording.think_of(queries.find_reference(self.named, self.link.occasion.client))

    @property
    def knows_introduction(self) -> bool:
        """Whether this client went on from this introduction before: now, or for the last form.

        It says something new once its words have changed, or whom to think of.
        """
        if self.answers:
            return True
        last = queries.last_sent(self.link.occasion)
        if last is None or last.reference_id != self.named:
            return False
        return last.instrument.introduction == self.instrument.introduction

    @property
    def must_say_who(self) -> bool:
        """Whether the device was handed over, and nobody has said yet that the form is theirs."""
        return self.link.handed_over and self.link.started_at is None

    @property
    def source(self) -> str:
        """Where these answers come from."""
        return Response.Source.DEVICE if self.link.handed_over else Response.Source.LINK

    @cached_property
    def at_risk(self) -> bool:
        """Whether the answers meet a risk rule, or met one before in this browser."""
        return self.met_risk or bool(scoring.risks(self.instrument, self.answers))

    def context(self) -> dict[str, Any]:
        """What every form page needs. Never the person, their history or a result."""
        return {
            "practice_name": self.practice.name,
            "crisis": crisis_lines(self.practice),
            "at_risk": self.at_risk,
            "think_of": self.think_of,
            "handed_over": self.link.handed_over,
            "unvalidated": any(s.evidence.rung <= 1 for s in self.instrument.scales),
        }


def see_other(name: str, *args: Any, query: str = "") -> HttpResponse:
    """After a POST: the next page is asked for by GET, so that reloading repeats nothing."""
    address = reverse(name, args=args) + (f"?{query}" if query else "")
    return HttpResponse(status=303, headers={"Location": address})


def for_holder(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the ``Holder`` of the form's cookie; without one, say how to come back."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.user = AnonymousUser()
        holder = _read_cookie(request, timezone.now())
        if holder is None:
            return refuse(request, None)
        with timezone.override(holder.practice.zone):
            return view(request, holder, *args, **kwargs)

    return guarded


def for_unsent_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """``for_open_form``, where a form that was sent already leads to its thanks."""

    @for_holder
    @wraps(view)
    def guarded(request: HttpRequest, holder: Holder, *args: Any, **kwargs: Any) -> HttpResponse:
        state = links.state_of(holder.link, holder.now)
        if state is LinkState.SENT:
            return see_other("form-done")
        if state is not LinkState.OPEN:
            return refuse(request, state, holder)
        if holder.must_say_who:
            return see_other("form-who")
        return view(request, holder, *args, **kwargs)

    return guarded


def for_open_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """``for_holder``, for pages that need the form to be open; else the page says why it is not."""

    @for_holder
    @wraps(view)
    def guarded(request: HttpRequest, holder: Holder, *args: Any, **kwargs: Any) -> HttpResponse:
        state = links.state_of(holder.link, holder.now)
        if state is not LinkState.OPEN:
            return refuse(request, state, holder)
        if holder.must_say_who:
            return see_other("form-who")
        return view(request, holder, *args, **kwargs)

    return guarded


# --- The cookie -----------------------------------------------------------------------------------


def give_cookie(response: HttpResponse, holder: Holder) -> None:
    """Let this browser fill in the form: until the link runs out, a day at most."""
    left = min(holder.link.expires_at - holder.now + GRACE, LONGEST)
    value = {"link": str(holder.link.pk), "risk": holder.met_risk}
    response.set_cookie(
        settings.FORM_COOKIE_NAME,
        signing.dumps(value, salt=SALT),
        max_age=left,
        path="/",
        secure=settings.TLS,
        httponly=True,
        samesite="Lax",
    )


def remember_risk(response: HttpResponse, holder: Holder) -> None:
    """Keep that an answer which a risk rule names was given, also if it is changed later."""
    if not holder.met_risk:
        give_cookie(response, replace(holder, met_risk=True))


def _read_cookie(request: HttpRequest, now: datetime) -> Holder | None:
    try:
        value = signing.loads(
            request.COOKIES.get(settings.FORM_COOKIE_NAME, ""), salt=SALT, max_age=LONGEST
        )
        pk, met_risk = UUID(value["link"]), value["risk"] is True
    except (signing.BadSignature, ValueError, TypeError, KeyError, AttributeError):
        return None
    link = links.find_held(pk)
    if link is None:
        return None
    by = Actor.of_link(request, link, link.occasion.client.practice)
    return Holder(link=link, by=by, now=now, met_risk=met_risk)


# --- Refusing -------------------------------------------------------------------------------------


def words_for(state: LinkState | None) -> tuple[str, str, int]:
    """Heading, sentence and status for a form that cannot be filled in (any more)."""
    if state is LinkState.SENT:
        return (
            _("This form was sent already"),
            _("The answers you sent stand, and nothing was changed. You can close this page."),
            409,
        )
    if state is LinkState.EXPIRED:
        return (
            _("The time for this form has passed"),
            _(
                "It was not sent, but what you had answered until then is kept for your "
                "therapist. If you would still like to answer, please tell them."
            ),
            410,
        )
    if state is LinkState.TAKEN_BACK:
        return (
            _("This form was taken back"),
            _(
                "Your therapist has ended it or made a new link. What you had answered is kept. "
                "If you have a newer link, please open that one."
            ),
            410,
        )
    return (
        _("Please open your link again"),
        _(
            "This page needs the personal link you were given. What you have answered so far "
            "is kept: opening the link again brings you back to where you were."
        ),
        403,
    )


def refuse(
    request: HttpRequest, state: LinkState | None, holder: Holder | None = None
) -> HttpResponse:
    """Say calmly why nothing can be filled in here: as a page, or in JSON for the form's script."""
    title, sentence, status = words_for(state)
    if request.content_type == "application/json":
        return JsonResponse({"sentence": f"{title}. {sentence}"}, status=status)
    context = {
        "title": title,
        "sentence": sentence,
        "sent": state is LinkState.SENT,
        **(holder.context() if holder else {}),
    }
    return render(request, "assessments/answer/closed.html", context, status=status)


# --- The first press ------------------------------------------------------------------------------


class _SameOrigin(CsrfViewMiddleware):
    """Django's check against forged requests by their origin alone, without a cookie.

    The first page of a link must not set a cookie, so there is no token to compare. What is left
    to forge is making somebody start a form of the forger's own; the browser's word on where a
    request comes from is enough against that, and every browser of the last years gives it.
    """

    def _check_token(self, request: HttpRequest) -> None:
        if "HTTP_ORIGIN" in request.META or request.is_secure():
            return  # checked by process_view already, the latter by its Referer
        if request.headers.get("Sec-Fetch-Site") == "same-origin":
            return
        referer = urlsplit(request.headers.get("Referer", ""))
        if referer.netloc != request.get_host():
            raise RejectRequest("No origin.")


def same_origin_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    checked = decorator_from_middleware(_SameOrigin)(view)
    return csrf_exempt(cast("Callable[..., HttpResponse]", checked))


# --- Help at once ---------------------------------------------------------------------------------

# A number to ring: three digits on their own (112), or five and more, in groups.
TELEPHONE = re.compile(r"(?<![\w/.-])(\+?\d(?:[ ()]{0,2}\d){4,14}|\d{3})(?![\w/]|[.,]\d)")


def crisis_lines(practice: Practice) -> list[list[dict[str, str]]]:
    """The practice's crisis text in lines of parts; a part with "tel" is a number to ring."""
    text = practice.crisis_text.strip() or _(
        "If you are in danger, or might act on a thought of harming yourself, please call your "
        "local emergency number or someone you trust now."
    )
    return [_parts(line) for line in text.splitlines() if line.strip()]


def _parts(line: str) -> list[dict[str, str]]:
    parts = []
    for index, text in enumerate(TELEPHONE.split(line)):
        if index % 2:
            parts.append({"text": text, "tel": re.sub(r"[^\d+]", "", text)})
        elif text:
            parts.append({"text": text, "tel": ""})
    return parts
