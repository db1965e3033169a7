"""``manage.py setup_link "Name of the practice"``: the way in for the first person."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic import text
from clinic.actions import Refused, people
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.models import Membership, Practice
from clinic.models.people import check_time_zone


class Command(BaseCommand):
    help = (
        "Print a link that makes the first admin of a practice. It works once, for 30 minutes. "
        "Also the way back into a practice that nobody runs any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the practice, as clients see it")
        parser.add_argument(
            "--time-zone", default="Europe/London", help="where it lies, such as Europe/Berlin"
        )

    def handle(self, *args, name: str, time_zone: str, **options) -> None:
        try:
            name = text.clean_line(name, max_length=120)
            check_time_zone(time_zone)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if not name:
            raise CommandError("Give the name of the practice.")
        now, by = timezone.now(), Actor.system("console")
        practice = Practice.objects.filter(name=name).first()
        if practice is None:
            practice = people.create_practice(name=name, time_zone=time_zone, by=by, now=now)
        try:
            invitation, token = people.invite_first_admin(practice=practice, by=by, now=now)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        until = timezone.localtime(invitation.expires_at, practice.zone)
        back = Membership.objects.filter(practice=practice).exists()
        self.stdout.write(
            f"{'Open this link to run' if back else 'Open this link to set up'} {practice.name}. "
            f"It works once, until {until:%H:%M} ({practice.time_zone}):\n\n"
            f"  {absolute('join', token)}\n"
        )
