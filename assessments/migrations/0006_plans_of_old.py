"""Every assignment gets a plan of its own, and rows say what the new columns ask."""

from django.db import migrations
from django.db.models import F


def make_plans(apps, schema_editor):
    Assignment = apps.get_model("assessments", "Assignment")
    Plan = apps.get_model("assessments", "Plan")
    imported = apps.get_model("assessments", "Response").objects.filter(source="import")
    asked = Assignment.objects.filter(plan=None).exclude(
        pk__in=imported.values("occasion__assignment")
    )
    for assignment in asked.iterator(chunk_size=500):
        assignment.plan = Plan.objects.create(
            client_id=assignment.client_id,
            episode_id=assignment.episode_id,
            send_by="mail" if assignment.send_by_mail else "hand",
            created_at=assignment.created_at,
            created_by_id=assignment.created_by_id,
            ended_at=assignment.ended_at,
            ended_by_id=assignment.ended_by_id,
        )
        assignment.save(update_fields=["plan"])


def say_what_was(apps, schema_editor):
    Response = apps.get_model("assessments", "Response")
    Response.objects.filter(submitted_at__isnull=False).update(received_at=F("submitted_at"))
    Occasion = apps.get_model("assessments", "Occasion")
    Occasion.objects.filter(cancelled_at__isnull=False).update(cancelled_why="ended")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0005_plans")]

    operations = [
        migrations.RunPython(make_plans, migrations.RunPython.noop),
        migrations.RunPython(say_what_was, migrations.RunPython.noop),
    ]
