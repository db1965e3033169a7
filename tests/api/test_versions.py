"""Through the API too, a practice uses the versions that shipped and its own."""

from __future__ import annotations

import pytest

from tests import factories_assessments as asked
from tests.assessments.test_instrument_versions import adopted
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def assigned(program, client) -> int:
    sent = {"client": str(client.pk), "instrument": asked.WEEKLY}
    answer = program.post("assignments/", sent)
    assert answer.status_code == 201, answer.content
    return answer.json()["version"]


def test_assigning_takes_the_version_of_the_practice_alone(program, ada, nora, eve, zoe):
    adopted(asked.instrument(asked.WEEKLY), eve, at=NOW)
    assert assigned(program(ada), nora) == 1
    assert assigned(program(eve), zoe) == 2
