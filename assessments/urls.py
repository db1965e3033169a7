"""The addresses of forms, answers and movement."""

from django.urls import URLPattern

# Reading: caseload, client page, inbox, library.
reading: list[URLPattern] = []

# Asking: adding clients, assigning, links, entry by staff.
asking: list[URLPattern] = []

# Answering: what the holder of a personal link sees.
answering: list[URLPattern] = []

urlpatterns = [*reading, *asking, *answering]
