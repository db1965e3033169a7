"""Every address. The guard test in tests/guards/ asks each of them for a policy."""

from allauth.account import views as account_views
from django.urls import include, path, re_path
from django.views.decorators.http import require_http_methods

from clinic.views import account, base, clients, join, member, practice, team

# Django's form views take PUT for a POST; nothing here is meant to.
pages = require_http_methods(["GET", "HEAD", "POST"])

# Of allauth only what is used here: signing in and out, and passwords. There is no sign-up and no
# second address; "signup/" says so, since allauth's own pages name it.
sign_in = [
    path("login/", pages(account_views.login), name="account_login"),
    path("logout/", pages(account_views.logout), name="account_logout"),
    path("signup/", base.sign_up_closed, name="account_signup"),
    path("reauthenticate/", pages(account_views.reauthenticate), name="account_reauthenticate"),
    path("password/change/", pages(account_views.password_change), name="account_change_password"),
    path("password/reset/", pages(account_views.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        pages(account_views.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        pages(account_views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        pages(account_views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("", base.home, name="home"),
    path("healthz", base.healthz, name="healthz"),
    path("theme/", base.choose_theme, name="theme"),
    path("accounts/", include(sign_in)),
    path("account/", account.account, name="account"),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/tokens/<uuid:pk>/revoke/", account.token_revoke, name="token-revoke"),
    path("practice/", practice.practice, name="practice"),
    path("team/", team.team, name="team"),
    path("team/invite/", team.team_invite, name="team-invite"),
    path("team/<uuid:pk>/", member.team_member, name="team-member"),
    path("team/invitations/<uuid:pk>/revoke/", team.invitation_revoke, name="invitation-revoke"),
    path("join/<str:token>/", join.join, name="join"),
    path("clients/", clients.clients, name="clients"),
    path("clients/<uuid:pk>/edit/", clients.client_edit, name="client-edit"),
    path("clients/<uuid:pk>/care/", clients.client_care, name="client-care"),
    path("clients/<uuid:pk>/close/", clients.client_close, name="client-close"),
    path("clients/<uuid:pk>/history/", clients.client_history, name="client-history"),
    path("api/", include("clinic.api.urls")),
    path("", include("assessments.urls")),
]

handler500 = "clinic.views.base.server_error"
