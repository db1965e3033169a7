"""The yardstick: a Django application with next to nothing in it, on Causeway's own database.

``/select/`` reads one row by its primary key, ``/insert/`` commits one row. No middleware, no
template, no session. What Causeway's pages cost is said as a ratio to these.
"""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")


def configure() -> None:
    """Causeway's database settings, and nothing else of it."""
    from clinic.settings import DATABASES

    settings.configure(
        DATABASES=DATABASES,
        ROOT_URLCONF="bench.bare",
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="nothing is signed here",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


if not settings.configured:
    configure()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    text = models.CharField(max_length=200)

    class Meta:
        app_label = "bench"
        db_table = "bench_row"

    def __str__(self) -> str:
        return self.text


def make_table() -> None:
    """Make the table with a thousand rows; one left by an earlier run goes first."""
    with connection.schema_editor() as editor:
        if Row._meta.db_table in connection.introspection.table_names():
            editor.delete_model(Row)
        editor.create_model(Row)
    Row.objects.bulk_create(Row(text=f"row {number}") for number in range(1000))


def select(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Row.objects.get(pk=500).text)


def insert(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Row.objects.create(text="one more").text)


urlpatterns = [path("select/", select), path("insert/", insert)]
application = get_wsgi_application()
