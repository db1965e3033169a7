"""Makes the data that ``bench.pages`` measures on: a large practice, and forms ready to send."""

from datetime import timedelta
from typing import Any

FORMS = 250
CSRF = "a" * 32


def prepare(clients: int, weeks: int) -> list[Any]:
    """Fill an installation with one large practice; returns the pages to measure."""
    from django.core.management import call_command
    from django.db import connections

    from bench.pages import Page

    print("Preparing: static files, clients, forms to send")
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("seed_demo", clients=clients, weeks=weeks)
    make_bare_table()
    therapist = sign_in()
    client, responses = busiest_client()
    cookies = forms_ready_to_send(FORMS + 40)
    connections.close_all()

    from django.urls import reverse

    caseload, page = reverse("caseload"), reverse("client", args=[client])
    submit = reverse("form-submit")
    return [
        Page(f"caseload of {clients}", lambda number: get(caseload, therapist), "select"),
        Page(f"client page, {responses} forms", lambda number: get(page, therapist), "select"),
        Page("submit a form", lambda number: send_form(submit, cookies[number]), "insert", FORMS),
    ]


def get(path: str, cookie: str) -> Any:
    from bench.load import Request

    return Request(path, headers={"Cookie": cookie})


def send_form(path: str, cookie: str) -> Any:
    from bench.load import Request

    return Request(
        path,
        "POST",
        {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        f"csrfmiddlewaretoken={CSRF}&comment=&revision=1",
        expect=303,
    )


def make_bare_table() -> None:
    """In a process of its own: the yardstick has settings of its own."""
    import subprocess
    import sys

    from bench.serve import ROOT

    command = [sys.executable, "-c", "from bench import bare; bare.make_table()"]
    subprocess.run(command, cwd=ROOT, check=True)


def sign_in() -> str:
    """The session cookie of the first clinician."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from clinic.models import Membership
    from clinic.roles import Role

    user = Membership.objects.filter(role=Role.CLINICIAN).earliest("created_at", "pk").user
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def busiest_client() -> tuple[Any, int]:
    """The client of that clinician with the most submitted forms, and how many those are."""
    from django.db.models import Count, Q

    from clinic.models import Client, Membership
    from clinic.roles import Role

    clinician = Membership.objects.filter(role=Role.CLINICIAN).earliest("created_at", "pk")
    sent = Count("responses", filter=Q(responses__submitted_at__isnull=False), distinct=True)
    client = (
        Client.objects.filter(care__clinician=clinician, closed_at=None)
        .annotate(sent=sent)
        .latest("sent")
    )
    return client.pk, client.sent


def forms_ready_to_send(count: int) -> list[str]:
    """Answered weekly forms of all clients, waiting to be sent: the cookie of each."""
    from django.conf import settings
    from django.core import signing
    from django.utils import timezone

    from assessments.actions import links, respond
    from assessments.models import Assignment, Occasion, Response
    from assessments.views.holder import SALT
    from clinic.audit import Actor

    now = timezone.now()
    by = Actor.system("console")
    assignments = list(
        Assignment.objects.filter(
            version__instrument__code__contains="weekly", client__closed_at=None
        ).select_related("version", "client")
    )
    cookies = []
    for number in range(count):
        assignment = assignments[number % len(assignments)]
        occasion = Occasion.objects.create(
            assignment=assignment,
            client=assignment.client,
            number=10_000 + number,
            opens_at=now - timedelta(minutes=count - number),
            closes_at=now + timedelta(days=3),
            opened_at=now,
        )
        link, _token = links.issue_link(occasion=occasion, by=by, now=now)
        links.start_form(link=link, by=by, now=now)
        items = assignment.version.definition.items
        answers = {item.code: index % 4 + 1 for index, item in enumerate(items)}
        respond.save_answers(
            occasion=occasion, answers=answers, by=by, now=now, source=Response.Source.LINK
        )
        value = signing.dumps({"link": str(link.pk), "risk": False}, salt=SALT)
        cookies.append(f"{settings.FORM_COOKIE_NAME}={value}; {settings.CSRF_COOKIE_NAME}={CSRF}")
    return cookies
