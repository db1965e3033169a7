from django.db import migrations

from clinic import triggers


class Migration(migrations.Migration):
    dependencies = [("clinic", "0002_triggers")]

    operations = [migrations.RunPython(*triggers.in_migration(triggers.AUDIT_WHOLE))]
