"""``manage.py rotate_keys``: a new key-encryption key, and every data key wrapped by it."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic import keys
from clinic.actions import rotation
from clinic.audit import Actor


class Command(BaseCommand):
    help = (
        "Add a key to the key file and wrap every data key by it. The pages stay in use meanwhile. "
        "Stopped half-way, run it again: it goes on with the rotation that was begun."
    )

    def handle(self, *args, **options) -> None:
        if rotation.is_finished():
            try:
                key_id = keys.add_key(settings.KEYS_FILE)
            except OSError as error:
                raise CommandError(
                    f"The key file {settings.KEYS_FILE} cannot be written here: {error.strerror}. "
                    "Where it is mounted read-only, add the key on the host and run this again; "
                    "docs/operating.md says how, under Keys."
                ) from None
            self.stdout.write(f"Added the key {key_id} to {settings.KEYS_FILE}.")
        else:
            self.stdout.write("The last rotation was not finished; going on with it.")
        wrapped = rotation.rewrap_all(by=Actor.system("console"), now=timezone.now())
        self.stdout.write(
            f"{wrapped} data keys are wrapped by the current key now.\n"
            "Back up the key file. Keep the earlier keys in it as long as you keep backups of the "
            "database from before: those can be read by no other key."
        )
