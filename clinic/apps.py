from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = _("People, access, audit and messages")

    def ready(self) -> None:
        from clinic import checks  # noqa: F401 - registers what Causeway refuses to start with
