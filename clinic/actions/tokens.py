"""API tokens: keys for programs that act for one member."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import ApiToken, Membership
from clinic.tokens import hash_token, new_token

# "read" looks things up, "write" adds and changes, "export" takes whole records out.
SCOPES = ("read", "write", "export")
PREFIX = "cw_"
LONGEST_LIFE = timedelta(days=366)
MOST_TOKENS = 20
USED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_token(
    *,
    membership: Membership,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    by: Actor,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token; returns it with its value, which is not kept and cannot be read again."""
    chosen = [scope for scope in SCOPES if scope in set(scopes)]
    if not chosen:
        raise Refused(_("Choose at least one thing that this token may do."), "scopes")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Refused(_("A token lives for a year at most."), "lifetime")
    in_use = membership.api_tokens.filter(revoked_at=None, expires_at__gt=now).count()
    if in_use >= MOST_TOKENS:
        raise Refused(_("You have %(count)d tokens in use. Revoke one first.") % {"count": in_use})
    value = PREFIX + new_token()
    token = ApiToken.objects.create(
        membership=membership,
        name=name,
        scopes=chosen,
        token_hash=hash_token(value),
        hint=value[: len(PREFIX) + 4],
        created_at=now,
        expires_at=expires_at,
    )
    audit.record("token.create", by=by, now=now, about=token, details={"scopes": chosen})
    return token, value


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, now: datetime) -> ApiToken:
    """Stop a token. Doing it again changes nothing."""
    stopped = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    if stopped:
        audit.record("token.revoke", by=by, now=now, about=token)
    token.refresh_from_db(fields=["revoked_at"])
    return token


def find_token(value: str, now: datetime) -> ApiToken | None:
    """The token with this value, if it may be used now; None in every other case.

    It works only while its member does: an ended membership or an inactive user ends it.
    """
    if not value.startswith(PREFIX):
        return None
    return (
        ApiToken.objects.filter(
            token_hash=hash_token(value),
            revoked_at=None,
            expires_at__gt=now,
            membership__ended_at=None,
            membership__user__is_active=True,
        )
        .select_related("membership__user", "membership__practice")
        .first()
    )


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Keep when a token was last used, to the minute."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
