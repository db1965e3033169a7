"""The history page has words for everything that the code writes about a client."""

import re
from pathlib import Path

from clinic import trail
from clinic.models import AuditEvent
from tests.factories import NOW

ROOT = Path(__file__).resolve().parent.parent.parent
ABOUT_A_CLIENT = (
    "client", "care", "appointment", "reference", "plan", "occasion", "assignment", "link",
    "response", "alert", "event", "notice",
)  # fmt: skip
WRITTEN = re.compile(r'(?:record|event|_note)\(\s*"([a-z]+)\.([a-z_]+)"')
LIST = re.compile(r'noun = "([a-z]+)"')


def written() -> set[str]:
    sources = [path for app in ("clinic", "assessments") for path in (ROOT / app).rglob("*.py")]
    found = [match for path in sources for match in WRITTEN.findall(path.read_text())]
    lists = {f"{noun}.list" for path in sources for noun in LIST.findall(path.read_text())}
    return {f"{noun}.{verb}" for noun, verb in found if noun in ABOUT_A_CLIENT} | lists


def test_every_action_about_a_client_has_words_and_no_other():
    assert set(trail.ACTIONS) == written()


def test_actors_are_named_by_what_they_are(ada):
    def who(kind, actor=None):
        event = AuditEvent(at=NOW, action="client.read", actor_kind=kind, actor_id=actor)
        return trail.lines([event])[0].who

    assert [
        who("user", ada.user_id),
        who("token", ada.user_id),
        who("link", ada.pk),
        who("system"),
        who("user", ada.pk),
    ] == [
        "Ada Holm",
        "A program of Ada Holm",
        "Somebody with the personal link",
        "The system",
        "Somebody who is no longer known",
    ]
