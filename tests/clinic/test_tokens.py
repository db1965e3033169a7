"""API tokens: shown once, kept as a hash, stopped by anything that stops their member."""

from datetime import timedelta

import pytest

from clinic.actions import Refused, people, tokens
from clinic.models import ApiToken, AuditEvent
from clinic.tokens import hash_token, new_token
from tests.factories import NOW, actor

DAYS = timedelta(days=1)


def create(member, *, scopes=("read",), life=30 * DAYS, name="script"):
    return tokens.create_token(
        membership=member,
        name=name,
        scopes=scopes,
        expires_at=NOW + life,
        by=actor(member),
        now=NOW,
    )


def test_value_is_kept_only_as_a_hash(ada):
    token, value = create(ada)
    kept = ApiToken.objects.get(pk=token.pk)
    assert bytes(kept.token_hash) == hash_token(value)
    assert value.startswith("cw_")
    assert len(value) == 46
    assert kept.hint == value[:7]


def test_token_is_found_by_its_value_with_its_member(ada, django_assert_num_queries):
    token, value = create(ada, scopes=("write", "read"))
    with django_assert_num_queries(1):
        found = tokens.find_token(value, NOW)
        assert (found, found.membership.user, found.scopes) == (token, ada.user, ["read", "write"])


@pytest.mark.parametrize("value", ["", "cw_", "cw_" + "x" * 43, "\ud800", "x" * 100_000])
def test_anything_else_finds_nothing(ada, value):
    create(ada)
    assert tokens.find_token(value, NOW) is None


def test_token_expires(ada):
    _token, value = create(ada, life=DAYS)
    assert tokens.find_token(value, NOW + DAYS - timedelta(seconds=1)) is not None
    assert tokens.find_token(value, NOW + DAYS) is None


def test_revoked_token_is_gone_and_revoking_again_changes_nothing(ada):
    token, value = create(ada)
    tokens.revoke_token(token=token, by=actor(ada), now=NOW)
    tokens.revoke_token(token=token, by=actor(ada), now=NOW + DAYS)
    assert tokens.find_token(value, NOW) is None
    assert ApiToken.objects.get(pk=token.pk).revoked_at == NOW
    assert AuditEvent.objects.filter(action="token.revoke").count() == 1


def test_token_ends_with_the_membership_and_with_the_user(ada, ben, pat):
    _token, of_ada = create(ada)
    _token, of_ben = create(ben)
    people.end_membership(membership=ada, by=actor(pat), now=NOW)
    ben.user.is_active = False
    ben.user.save()
    assert tokens.find_token(of_ada, NOW) is None
    assert tokens.find_token(of_ben, NOW) is None


def test_token_of_an_ended_membership_is_refused_even_unrevoked(ada, pat):
    _token, value = create(ada)
    ada.ended_at, ada.ended_by = NOW, pat.user
    ada.save()
    assert tokens.find_token(value, NOW) is None


@pytest.mark.parametrize(
    "scopes, life, field",
    [
        ((), DAYS, "scopes"),
        (("admin", "READ"), DAYS, "scopes"),
        (("read",), 367 * DAYS, "lifetime"),
        (("read",), timedelta(0), "lifetime"),
    ],
)
def test_unfitting_token_is_refused(ada, scopes, life, field):
    with pytest.raises(Refused) as refusal:
        create(ada, scopes=scopes, life=life)
    assert refusal.value.field == field
    assert ApiToken.objects.count() == 0


def test_unknown_scopes_are_dropped(ada):
    token, _value = create(ada, scopes=["read", "everything", "read"])
    assert token.scopes == ["read"]


def test_number_of_tokens_in_use_is_limited(ada, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    first, _value = create(ada)
    create(ada)
    with pytest.raises(Refused):
        create(ada)
    tokens.revoke_token(token=first, by=actor(ada), now=NOW)
    create(ada)


def test_last_use_is_kept_to_the_minute(ada, django_assert_num_queries):
    token, _value = create(ada)
    tokens.note_use(token=token, now=NOW)
    tokens.note_use(token=token, now=NOW + timedelta(seconds=59))
    assert ApiToken.objects.get(pk=token.pk).last_used_at == NOW
    tokens.note_use(token=token, now=NOW + timedelta(seconds=61))
    assert ApiToken.objects.get(pk=token.pk).last_used_at == NOW + timedelta(seconds=61)


def test_tokens_are_never_the_same():
    made = {new_token() for _number in range(1000)}
    assert len(made) == 1000
    assert {len(token) for token in made} == {43}
