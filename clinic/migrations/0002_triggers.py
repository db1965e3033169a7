from django.db import migrations

from clinic import triggers


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]

    operations = [migrations.RunPython(*triggers.in_migration([*triggers.AUDIT, *triggers.PEOPLE]))]
