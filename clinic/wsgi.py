"""The application as gunicorn serves it."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_visitors_address(inner: Wsgi, *, behind_proxy: bool) -> Wsgi:
    """Settle who asks, once for all: rate limits, the audit trail and the API read REMOTE_ADDR.

    Behind our proxy that is the last address of X-Forwarded-For, the one the proxy added itself;
    what stands before it is the visitor's own claim. The header ends here in every case, so that
    nothing further in can believe it.
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", "")
        nearest = forwarded.rpartition(",")[2].strip()
        if behind_proxy and nearest:
            environ["REMOTE_ADDR"] = nearest
        return inner(environ, start_response)

    return application


application = with_visitors_address(get_wsgi_application(), behind_proxy=settings.BEHIND_PROXY)
