"""The addresses of forms, answers and movement."""

from django.urls import URLPattern, path

from assessments.views import answer

# Reading: caseload, client page, inbox, library.
reading: list[URLPattern] = []

# Asking: adding clients, assigning, links, entry by staff.
asking: list[URLPattern] = []

# Answering: what the holder of a personal link sees.
answering: list[URLPattern] = [
    path("f/", answer.start, name="form"),
    path("f/<int:number>/", answer.item, name="form-item"),
    path("f/review/", answer.review, name="form-review"),
    path("f/submit/", answer.submit, name="form-submit"),
    path("f/save/", answer.save, name="form-save"),
    path("f/done/", answer.done, name="form-done"),
    # Last, since a token may look like anything.
    path("f/<str:token>/", answer.landing, name="form-landing"),
]

urlpatterns = [*reading, *asking, *answering]
