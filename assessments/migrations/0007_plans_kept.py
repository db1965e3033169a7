from django.db import migrations, models

from clinic import triggers


class Migration(migrations.Migration):
    dependencies = [("assessments", "0006_plans_of_old")]

    operations = [
        migrations.RemoveField(
            model_name='assignment',
            name='send_by_mail',
        ),
        migrations.AddConstraint(
            model_name='occasion',
            constraint=models.UniqueConstraint(condition=models.Q(('appointment__isnull', False), ('cancelled_at', None)), fields=('assignment', 'appointment'), name='occasion_once_for_appointment'),
        ),
        migrations.AddConstraint(
            model_name='occasion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('cancelled_why', '')), models.Q(('cancelled_at__isnull', False), models.Q(('cancelled_why', ''), _negated=True)), _connector='OR'), name='occasion_cancelled_says_why'),
        ),
        migrations.AddConstraint(
            model_name='occasion',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('closes_at')), _connector='OR'), name='occasion_closed_after_its_window'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('received_at', None), ('submitted_at', None)), models.Q(('received_at__gte', models.F('submitted_at')), ('submitted_at__isnull', False)), _connector='OR'), name='response_received_once_submitted'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_at__isnull', False), models.Q(('partial', False), ('voided_at', None)), _connector='OR'), name='response_draft_is_plain'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('cadence__in', ['once', 'weekly', 'two_weeks', 'four_weeks', 'six_weeks', 'eight_weeks', 'twelve_weeks', 'before_session', 'after_session', 'at_end'])), name='assignment_cadence_known'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('ended_by', None), ('ended_at__isnull', False), _connector='OR'), name='assignment_ended_at_with_ended_by'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('times', None), ('times__gte', 1), _connector='OR'), name='assignment_times_positive'),
        ),
        migrations.RunPython(*triggers.in_migration(triggers.RECORDS)),
    ]
