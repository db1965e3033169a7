"""Every route of the URLconf, and what each answers to whom.

``POLICY`` is written by hand, apart from the roles that the product reads: the two must agree. A
route without a line in it fails the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

# What a principal gets: IN is a page, a redirect within, or a complaint about what was sent.
IN, SIGN_IN, REFUSED, UNKNOWN, NO_SUCH_VERB = "in", "sign in", "403", "404", "405"

# (principal, whose row the address names) -> what they get.
Rule = Callable[[str, str], str]


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    parameters: tuple[str, ...]


def walk(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[Route]:
    """All routes, in the order of the URLconf."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, path)
        else:
            yield Route(pattern.name or path, path, tuple(pattern.pattern.regex.groupindex))


# --- Who is who ---------------------------------------------------------------------------------

CLINICIANS = {"ada", "ben", "solo", "eve"}
SUPERVISORS = {"sue", "elsewhere_supervisor"}
ADMINS = {"pat", "solo", "elsewhere_admin"}
ASSISTANTS = {"ash", "elsewhere_assistant"}
MEMBERS = CLINICIANS | SUPERVISORS | ADMINS | ASSISTANTS
CASEWORKERS = CLINICIANS | SUPERVISORS

CARER = {"nora": "ada", "otto": "ben", "zoe": "eve"}
SUPERVISOR = {"nora": "sue"}
HARBOUR = {"ada", "ben", "sue", "pat", "ash", "solo"}


def at_home(principal: str, owner: str) -> bool:
    """Whether principal and client belong to one practice."""
    return owner in CARER and (principal in HARBOUR) == (owner != "zoe")


def stands(principal: str, owner: str) -> str:
    """How a member stands to a client: carer, supervisor, admin, assistant, stranger."""
    if principal == CARER.get(owner):
        return "carer"
    if principal == SUPERVISOR.get(owner):
        return "supervisor"
    if at_home(principal, owner):
        if principal in ADMINS:
            return "admin"
        if principal in ASSISTANTS:
            return "assistant"
    return "stranger"


# --- Rules --------------------------------------------------------------------------------------


def anybody(principal: str, owner: str) -> str:
    return IN


def only(who: set[str]) -> Rule:
    """A route about no row: some roles get in, the others are refused."""
    return lambda principal, owner: IN if principal in who else REFUSED


def about_client(**standing: str) -> Rule:
    """A route about a client: what each standing gets; a stranger knows of nothing."""
    return lambda principal, owner: standing.get(stands(principal, owner), UNKNOWN)


READ_CLINICAL = about_client(carer=IN, supervisor=IN, admin=REFUSED, assistant=REFUSED)
OWN_CARE = about_client(carer=IN, supervisor=REFUSED, admin=REFUSED, assistant=REFUSED)
IDENTITY = about_client(carer=IN, supervisor=IN, admin=IN, assistant=IN)
EDIT_IDENTITY = about_client(carer=IN, supervisor=REFUSED, admin=IN, assistant=IN)
MANAGE_CARE = about_client(carer=REFUSED, supervisor=REFUSED, admin=IN, assistant=REFUSED)
CLOSE = about_client(carer=IN, supervisor=REFUSED, admin=IN, assistant=REFUSED)
HISTORY = about_client(carer=IN, supervisor=IN, admin=IN, assistant=REFUSED)


def by_program(rule: Rule) -> Rule:
    """The same through the API, which is not for assistants."""
    return lambda principal, owner: REFUSED if principal in ASSISTANTS else rule(principal, owner)


def admin_of_that_practice(principal: str, owner: str) -> str:
    if principal not in ADMINS:
        return REFUSED
    return IN if at_home(principal, owner) else UNKNOWN


def of_that_practice(principal: str, owner: str) -> str:
    if principal not in CASEWORKERS | ADMINS:
        return REFUSED
    return IN if at_home(principal, owner) else UNKNOWN


def own_token(principal: str, owner: str) -> str:
    if principal not in MEMBERS - ASSISTANTS:
        return REFUSED
    return IN if principal == CARER.get(owner) else UNKNOWN


# --- Policies -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Policy:
    """``about``: the kind of row the address names. ``get`` and ``post`` (and other verbs of the
    API): who gets in; a verb without a rule does not exist."""

    about: str = ""
    get: Rule | None = None
    post: Rule | None = None
    patch: Rule | None = None
    open: bool = False  # no sign-in needed
    form: bool = False  # a page behind a personal link
    api: bool = False

    def rule(self, method: str) -> Rule | None:
        if method == "HEAD":
            return self.get
        return {"GET": self.get, "POST": self.post, "PATCH": self.patch}.get(method)


def page(who: set[str], *, post: bool = False) -> Policy:
    return Policy(get=only(who), post=only(who) if post else None)


def client_page(get: Rule | None = None, post: Rule | None = None, about: str = "client") -> Policy:
    return Policy(about, get, post)


# Rows that an address names beside the one it is about, of the same world.
ALSO = {"assign-battery": ["battery"]}

PUBLIC = Policy(get=anybody, post=anybody, open=True)
FORM = Policy(get=anybody, post=anybody, open=True, form=True)


def endpoint(about: str = "client", **verbs: Rule) -> Policy:
    return Policy(about, api=True, **{verb: by_program(rule) for verb, rule in verbs.items()})


POLICY = {
    # Ways in
    "healthz": Policy(get=anybody, open=True),
    "theme": Policy(post=anybody, open=True),
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_signup": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "join": PUBLIC,
    # One's own account
    "home": Policy(get=only(MEMBERS)),
    "account": page(MEMBERS, post=True),
    "account_change_password": page(MEMBERS, post=True),
    "account_reauthenticate": page(MEMBERS, post=True),
    "tokens": page(MEMBERS - ASSISTANTS, post=True),
    "token-revoke": Policy("token", post=own_token),
    # The practice
    "practice": page(ADMINS, post=True),
    "team": page(MEMBERS),
    "team-invite": page(ADMINS, post=True),
    "team-member": Policy("member", admin_of_that_practice, admin_of_that_practice),
    "invitation-revoke": Policy("invitation", post=admin_of_that_practice),
    # Clients as people
    "clients": page(MEMBERS),
    "client-add": page(MEMBERS, post=True),
    "client": client_page(get=IDENTITY),
    "client-edit": client_page(EDIT_IDENTITY, EDIT_IDENTITY),
    "client-care": client_page(IDENTITY, MANAGE_CARE),
    "client-close": client_page(CLOSE, CLOSE),
    "client-history": client_page(get=HISTORY),
    # Reading
    "caseload": page(CASEWORKERS),
    "caseload-order": page(CASEWORKERS),
    "inbox": page(CASEWORKERS),
    "library": page(CASEWORKERS | ADMINS),
    "library-instrument": page(CASEWORKERS | ADMINS),
    "library-wording": page(ADMINS, post=True),
    "library-wording-skeleton": page(ADMINS),
    "psychometrics": page(CASEWORKERS | ADMINS),
    "psychometrics-compute": Policy(post=only(ADMINS)),
    "psychometrics-adopt": page(ADMINS, post=True),
    "response": client_page(get=READ_CLINICAL, about="response"),
    "response-correct": client_page(get=OWN_CARE, about="response"),
    "response-move": client_page(OWN_CARE, OWN_CARE, about="response"),
    "response-redate": client_page(OWN_CARE, OWN_CARE, about="response"),
    "response-void": client_page(OWN_CARE, OWN_CARE, about="response"),
    "client-forms": client_page(get=READ_CLINICAL),
    "client-review": client_page(post=OWN_CARE),
    "event-add": client_page(OWN_CARE, OWN_CARE),
    "event-remove": client_page(OWN_CARE, OWN_CARE, about="event"),
    "alert-acknowledge": client_page(post=READ_CLINICAL, about="alert"),
    "alert-resolve": client_page(READ_CLINICAL, READ_CLINICAL, about="alert"),
    # Asking
    "assign": client_page(OWN_CARE, OWN_CARE),
    "assign-battery": client_page(OWN_CARE, OWN_CARE),
    "reference": client_page(OWN_CARE, OWN_CARE),
    "paper": client_page(get=OWN_CARE),
    "paper-enter": client_page(OWN_CARE, OWN_CARE),
    "assignment-end": client_page(OWN_CARE, OWN_CARE, about="assignment"),
    "occasion-link": client_page(post=OWN_CARE, about="occasion"),
    "occasion-link-revoke": client_page(post=OWN_CARE, about="occasion"),
    "occasion-hand-over": client_page(OWN_CARE, OWN_CARE, about="occasion"),
    "occasion-enter": client_page(OWN_CARE, OWN_CARE, about="occasion"),
    # Plans
    "plan-change": client_page(OWN_CARE, OWN_CARE, about="plan"),
    "plan-pause": client_page(OWN_CARE, OWN_CARE, about="plan"),
    "plan-resume": client_page(post=OWN_CARE, about="plan"),
    "plan-end": client_page(OWN_CARE, OWN_CARE, about="plan"),
    "plan-noted": client_page(post=OWN_CARE, about="plan"),
    "occasion-skip": client_page(OWN_CARE, OWN_CARE, about="occasion"),
    # Batteries
    "batteries": page(CASEWORKERS | ADMINS),
    "battery-new": page(ADMINS, post=True),
    "battery-starter": Policy(post=only(ADMINS)),
    "battery": Policy("battery", admin_of_that_practice, admin_of_that_practice),
    "battery-retire": Policy("battery", admin_of_that_practice, admin_of_that_practice),
    # Messages
    "messages": page(ADMINS),
    "message-again": client_page(post=CLOSE, about="notice"),
    "message-wordings": page(ADMINS),
    "message-wording": page(ADMINS, post=True),
    # The calendar
    "calendar": page(CASEWORKERS),
    "client-calendar": client_page(get=READ_CLINICAL),
    # Appointments
    "appointments": page(MEMBERS),
    "client-appointments": client_page(IDENTITY, EDIT_IDENTITY),
    "appointment": client_page(EDIT_IDENTITY, EDIT_IDENTITY, about="appointment"),
    "appointment-call-off": client_page(EDIT_IDENTITY, EDIT_IDENTITY, about="appointment"),
    "calendar-new": page(MEMBERS, post=True),
    "calendar-look": page(MEMBERS, post=True),
    # Importing
    "imports": page(CASEWORKERS | ADMINS),
    "import-new": page(CASEWORKERS | ADMINS, post=True),
    "import-map": page(CASEWORKERS | ADMINS, post=True),
    "import": Policy("import", get=of_that_practice),
    # Answering
    "form": FORM,
    "form-item": FORM,
    "form-review": FORM,
    "form-submit": FORM,
    "form-save": FORM,
    "form-done": FORM,
    "form-who": FORM,
    "form-next": FORM,
    "form-pause": FORM,
    "form-resume": FORM,
    "form-landing": PUBLIC,
    # The API
    "api-clients": endpoint("", get=only(MEMBERS), post=only(MEMBERS)),
    "api-client": endpoint(get=IDENTITY, patch=EDIT_IDENTITY),
    "api-client-movement": endpoint(get=READ_CLINICAL),
    "api-assignments": endpoint("", get=only(CASEWORKERS), post=only(CASEWORKERS)),
    "api-assignment": endpoint("assignment", get=READ_CLINICAL),
    "api-assignment-end": endpoint("assignment", post=OWN_CARE),
    "api-occasions": endpoint("", get=only(CASEWORKERS)),
    "api-occasion": endpoint("occasion", get=READ_CLINICAL),
    "api-occasion-link": endpoint("occasion", post=OWN_CARE),
    "api-occasion-submit": endpoint("occasion", post=OWN_CARE),
    "api-responses": endpoint("", get=only(CASEWORKERS)),
    "api-response": endpoint("response", get=READ_CLINICAL),
    "api-scores": endpoint("", get=only(CASEWORKERS)),
    "api-schema": endpoint("", get=only(MEMBERS)),
    "api-docs": page(MEMBERS - ASSISTANTS),
    "api-unknown": Policy(get=anybody, post=anybody, open=True, api=True),
}
