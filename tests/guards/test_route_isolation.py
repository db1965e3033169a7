"""Route isolation: every route, as everyone, for everybody's rows, with every verb.

Two things are asked of each answer: that its status is what the policy says, and that no word in
it belongs to a client whom this principal may not read.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from clinic.models import reach
from tests import factories_wording
from tests.guards import routes, world
from tests.guards.routes import (
    ALSO,
    IN,
    NO_SUCH_VERB,
    POLICY,
    REFUSED,
    SIGN_IN,
    UNKNOWN,
    Policy,
    Route,
)
from tests.guards.world import CANARIES, PRINCIPALS, World, canary

pytestmark = pytest.mark.slow

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OWNERS = ("nora", "otto", "zoe", "missing")
STATIC_ARGUMENTS: dict[str, dict[str, Any]] = {
    "message-wording": {"kind": "form", "channel": "mail"},
    "library-instrument": {"code": "causeway-weekly"},
    "psychometrics": {"code": "causeway-weekly"},
    "psychometrics-compute": {"code": "causeway-weekly"},
    "psychometrics-adopt": {"code": "causeway-weekly"},
    "library-wording": {"code": factories_wording.CODE},
    "library-wording-skeleton": {"code": factories_wording.CODE},
    "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
    "join": {"token": "a" * 43},
    "form-landing": {"token": "b" * 43},
    "import-map": {"token": "c" * 43},
    "calendar-look": {"token": "d" * 43},
    "form-item": {"number": 1},
    "paper-enter": {"code": "causeway-weekly"},
}
# A page with several forms asks which one was sent.
POSTED = {"team-member": "do=role"}


def all_routes() -> list[Route]:
    return list(routes.walk())


@pytest.mark.gate
def test_every_route_has_a_policy_and_every_policy_a_route() -> None:
    names = [route.name for route in all_routes()]
    assert sorted(set(names)) == sorted(POLICY)


@pytest.mark.gate
@pytest.mark.parametrize("principal", PRINCIPALS)
def test_nobody_gets_further_than_the_policy(built: World, principal: str) -> None:
    assert deviations(built, [principal], METHODS) == []


# --- The suite's own teeth: with a check removed, it must bite ----------------------------------


def everyone_reaches(user: Any, permission: Any, prefix: str = "") -> Any:
    return reach.Q()


def whole_practice(membership: Any, reaches: Any, prefix: str) -> Any:
    return reach.Q(**{f"{prefix}practice": membership.practice_id})


MUTANTS = {
    "reach is not asked": ("clients_with", everyone_reaches),
    "care is not asked": ("_reached", whole_practice),
    "the role is not asked": ("has_general", lambda user, permission: True),
    "the permission is not asked": (
        "_reaches_with",
        lambda membership, permission: set(reach.Reach),
    ),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_removed_check_is_noticed(
    built: World, mutant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, replacement = MUTANTS[mutant]
    monkeypatch.setattr(reach, name, replacement)
    assert deviations(built, ["ada", "ash", "eve"], ("GET",)) != []


# --- Asking and judging -------------------------------------------------------------------------


def deviations(built: World, principals: list[str], methods: tuple[str, ...]) -> list[str]:
    found = []
    for principal in principals:
        readable = built.may_see(principal)
        hidden = {canary(*which) for which in CANARIES} - readable
        for route in all_routes():
            policy = POLICY[route.name]
            for owner in OWNERS if policy.about else ("",):
                for method in methods:
                    answer = ask(built, principal, route, policy, owner, method)
                    problem = judge(policy, principal, owner, method, answer)
                    leaked = [word for word in hidden if word.encode() in body(answer)]
                    if problem or leaked:
                        found.append(
                            f"{principal} {method} {route.name} of {owner or '-'}: "
                            f"{problem or 'leaked'} {leaked or ''}".strip()
                        )
    return found


def ask(
    built: World, principal: str, route: Route, policy: Policy, owner: str, method: str
) -> HttpResponse:
    """One request, whose effects are taken back."""
    browser: Browser = built.browsers[principal]
    cookies = browser.cookies.copy()
    address = address_of(built, route, policy, owner)
    with transaction.atomic():
        point = transaction.savepoint()
        if policy.api:
            answer = browser.generic(method, address, "{}", content_type="application/json")
        else:
            form = "application/x-www-form-urlencoded"
            answer = browser.generic(method, address, POSTED.get(route.name, ""), content_type=form)
        body_read(answer)
        transaction.savepoint_rollback(point)
    browser.cookies = cookies
    return answer


def address_of(built: World, route: Route, policy: Policy, owner: str) -> str:
    arguments = dict(STATIC_ARGUMENTS.get(route.name, {}))
    if policy.about:
        rows = built.rows["nora" if owner == "missing" else owner]
        row = rows[policy.about]
        arguments["pk"] = world.missing(row) if owner == "missing" else row.pk
        arguments |= {name: rows[name].pk for name in ALSO.get(route.name, [])}
    return reverse(route.name, kwargs=arguments)


def judge(policy: Policy, principal: str, owner: str, method: str, answer: HttpResponse) -> str:
    """What is wrong with an answer; an empty text when nothing is."""
    expected = expectation(policy, principal, owner, method)
    status = answer.status_code
    got = classify(answer, policy)
    if status >= 500:
        return f"answered {status}"
    if expected is None or got == expected:
        return ""
    return f"expected {expected}, got {got} ({status})"


def expectation(policy: Policy, principal: str, owner: str, method: str) -> str | None:
    """None where anything but a success (or anything at all, on an open page) will do."""
    rule = policy.rule(method)
    signed_in = principal not in ("anonymous", "link_holder", *world.GONE)
    if policy.open:
        if policy.form and principal != "link_holder" and method in ("GET", "HEAD"):
            return REFUSED
        return None
    if not signed_in:
        return SIGN_IN
    if method == "OPTIONS" and policy.api:
        return None
    if rule is None:
        return NO_SUCH_VERB
    return rule(principal, owner)


def classify(answer: HttpResponse, policy: Policy) -> str:
    status = answer.status_code
    location = answer.headers.get("Location", "")
    if status == 401 or (status == 302 and location.startswith(reverse("account_login"))):
        return SIGN_IN
    known = {403: REFUSED, 404: UNKNOWN, 405: NO_SUCH_VERB}
    return known.get(status, IN)


def body_read(answer: HttpResponse) -> None:
    if answer.streaming:
        answer.seen = b"".join(answer.streaming_content)


def body(answer: HttpResponse) -> bytes:
    content = getattr(answer, "seen", None) or answer.content
    headers = json.dumps(dict(answer.headers)).encode()
    return content + headers
