from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = _("People, access, audit and messages")

    def ready(self) -> None:
        # Registers what Causeway refuses to start with.
        from clinic import checks, sign_in  # noqa: F401

        sign_in.connect()
