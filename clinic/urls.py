"""Every address. The guard test in tests/guards/ asks each of them for a policy."""

from django.urls import include, path

from clinic.views import base

urlpatterns = [
    path("", base.home, name="home"),
    path("healthz", base.healthz, name="healthz"),
]
