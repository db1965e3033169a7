"""The addresses of the API, and what is said at every other address below it."""

from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.base import ApiView
from clinic.api.docs import docs
from clinic.api.schema import SchemaView


class Unknown(ApiView):
    """Any other address: the same 404 as for a row that is not there, whatever the method."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404

    def get(self, request: Request, *args: Any) -> Response:
        raise Http404


urlpatterns = [
    path("v1/", include("assessments.api.urls")),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    re_path(r"^.*$", Unknown.as_view(), name="api-unknown"),
]
