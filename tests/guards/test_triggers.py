"""The triggers stand in the database as ``clinic.triggers`` states them, after all migrations."""

import pytest
from django.db import connection

from clinic import triggers
from tests.conftest import triggers_in_place


@pytest.mark.django_db
def test_every_trigger_is_in_place_and_no_other():
    stated = {rule.name for rule in triggers.ALL if rule.stands_on(connection.vendor)}
    assert triggers_in_place() == stated
