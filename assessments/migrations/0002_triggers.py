from django.db import migrations

from clinic import triggers


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial"), ("clinic", "0002_triggers")]

    operations = [migrations.RunPython(*triggers.in_migration(triggers.RECORDS_AT_FIRST))]
