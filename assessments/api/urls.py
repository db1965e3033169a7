"""The addresses of the API's first version."""

from django.urls import path

from assessments.api.endpoints import assignments, clients, occasions, responses

urlpatterns = [
    path("clients/", clients.Clients.as_view(), name="api-clients"),
    path("clients/<uuid:pk>/", clients.OneClient.as_view(), name="api-client"),
    path(
        "clients/<uuid:pk>/movement/",
        clients.ClientMovement.as_view(),
        name="api-client-movement",
    ),
    path("assignments/", assignments.Assignments.as_view(), name="api-assignments"),
    path("assignments/<uuid:pk>/", assignments.OneAssignment.as_view(), name="api-assignment"),
    path(
        "assignments/<uuid:pk>/end/",
        assignments.EndAssignment.as_view(),
        name="api-assignment-end",
    ),
    path("occasions/", occasions.Occasions.as_view(), name="api-occasions"),
    path("occasions/<uuid:pk>/", occasions.OneOccasion.as_view(), name="api-occasion"),
    path("occasions/<uuid:pk>/link/", occasions.OccasionLink.as_view(), name="api-occasion-link"),
    path("occasions/<uuid:pk>/submit/", occasions.Submit.as_view(), name="api-occasion-submit"),
    path("responses/", responses.Responses.as_view(), name="api-responses"),
    path("responses/<uuid:pk>/", responses.OneResponse.as_view(), name="api-response"),
    path("scores/", responses.Scores.as_view(), name="api-scores"),
]
