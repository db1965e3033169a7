from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0009_corrected'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='adapted_why',
            field=models.CharField(blank=True, choices=[('stable', 'Nothing changed beyond error'), ('alert', 'An alert was raised'), ('worse', 'Worse, beyond error'), ('missed', 'A form was missed')], max_length=6, null=True),
        ),
    ]
