"""``manage.py init_keys``: make the key files of an installation that does not make its own."""

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Make the two key files in DATA_DIR/keys, if they are not there. The embedded default does "
        "so by itself; an installation with a DATABASE_URL asks for it. Never replaces a key."
    )
    requires_system_checks = ()

    def handle(self, *args, **options) -> None:
        # The settings have made them by now: they need them, so they look for this command.
        folder = settings.DATA_DIR / "keys"
        self.stdout.write(
            f"The key files are in {folder}: keyring and secret-key.\n"
            "Back the keyring up apart from the database. Without it no name and no answer can "
            "be read again; whoever has both can read them all."
        )
