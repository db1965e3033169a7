"""Who works at the demonstration practice. Their passwords are public, so they are marked."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.roles import Role


@dataclass(frozen=True)
class Member:
    """A colleague with the words that the start prints beside their sign-in."""

    key: str
    name: str
    role: Role
    described: str
    email: str
    password: str


TEAM = (
    Member(
        "ada",
        "Dr Ada Lind",
        Role.CLINICIAN,
        "Therapist, most of the clients",
        "ada@example.org",
        "harbour-demo-therapist",
    ),
    Member(
        "ben",
        "Ben Achterberg",
        Role.CLINICIAN,
        "Therapist, a few clients",
        "ben@example.org",
        "harbour-demo-colleague",
    ),
    Member(
        "sue",
        "Dr Sue Marlow",
        Role.SUPERVISOR,
        "Supervisor of both",
        "sue@example.org",
        "harbour-demo-supervisor",
    ),
    Member(
        "pat",
        "Pat Quill",
        Role.PRACTICE_ADMIN,
        "Practice admin, no clinical data",
        "pat@example.org",
        "harbour-demo-practice-admin",
    ),
    Member(
        "ash",
        "Ash Bellamy",
        Role.ASSISTANT,
        "Assistant at the front desk",
        "ash@example.org",
        "harbour-demo-front-desk",
    ),
)
PRACTICE_NAME = "Harbour Street Practice"
TIME_ZONE = "Europe/London"
CRISIS_TEXT = (
    "If you are in danger, or might act on a thought of harming yourself, call 999 now. "
    "You can also talk to someone at any hour: Samaritans, 116 123, free from any phone."
)
