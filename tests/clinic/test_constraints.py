"""What must be true is in the database: each rule is tried to be broken past the actions."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import (
    ApiToken,
    AuditEvent,
    CareRelationship,
    Client,
    Episode,
    Invitation,
    Membership,
    Notice,
    Supervision,
    User,
)
from clinic.roles import Role
from clinic.tokens import hash_token, new_token
from tests.factories import NOW, make_user

LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


def refuses(name: str, break_it) -> None:
    """``break_it`` is refused by the rule ``name``, and by no other."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        break_it()
    assert name in str(refusal.value), str(refusal.value)


def update(row, **values):
    return lambda: type(row).objects.filter(pk=row.pk).update(**values)


def named_unique(sqlite: str, name: str) -> str:
    """SQLite names the columns of a plain unique index, not the index."""
    return sqlite if connection.vendor == "sqlite" else name


def test_email_is_unique_whatever_its_case(ada):
    refuses(
        "user_email_unique",
        lambda: User.objects.create(email="ADA@harbour.example", name="Ada", created_at=NOW),
    )


def test_membership_rules(ada, pat, harbour):
    refuses("membership_role_known", update(ada, role="wizard"))
    refuses("membership_admin_said_once", update(pat, also_practice_admin=True))
    refuses("membership_ended_at_with_ended_by", update(ada, ended_at=LATER))
    refuses("membership_ended_at_with_ended_by", update(ada, ended_by=pat.user))
    refuses("membership_ends_after_start", update(ada, ended_at=EARLIER, ended_by=pat.user))
    refuses(
        named_unique("clinic_membership.user_id", "membership_one_open_per_user"),
        lambda: Membership.objects.create(
            user=ada.user, practice=harbour, role=Role.ASSISTANT, created_at=NOW
        ),
    )


def test_care_rules(ada, pat, nora):
    care = nora.care.get()
    refuses("care_ended_at_with_ended_by", update(care, ended_at=LATER))
    refuses("care_ends_after_start", update(care, ended_at=EARLIER, ended_by=pat.user))
    refuses(
        named_unique("clinic_carerelationship.client_id", "care_open_once"),
        lambda: CareRelationship.objects.create(client=nora, clinician=ada, started_at=NOW),
    )


def test_client_rules(nora, pat):
    refuses("client_closed_at_with_closed_by", update(nora, closed_at=NOW))
    refuses("client_closed_at_with_closed_by", update(nora, closed_by=pat.user))


def test_episode_rules(nora):
    refuses(
        named_unique("clinic_episode.client_id", "episode_one_open_per_client"),
        lambda: Episode.objects.create(client=nora, started_at=LATER),
    )
    refuses("episode_ends_after_start", update(nora.episodes.get(), ended_at=NOW))


def test_supervision_rules(ada, sue):
    supervision = Supervision.objects.get()
    refuses("supervision_of_another", update(supervision, clinician=sue))
    refuses("supervision_ended_at_with_ended_by", update(supervision, ended_at=LATER))
    refuses(
        named_unique("clinic_supervision.supervisor_id", "supervision_open_once"),
        lambda: Supervision.objects.create(supervisor=sue, clinician=ada, started_at=NOW),
    )


def invitation(harbour, **fields):
    given = {
        "practice": harbour,
        "email": "new@harbour.example",
        "role": Role.CLINICIAN,
        "token_hash": hash_token(new_token()),
        "created_at": NOW,
        "expires_at": LATER,
    }
    return Invitation.objects.create(**{**given, **fields})


def test_invitation_rules(harbour, pat):
    row = invitation(harbour)
    refuses("invitation_role_known", update(row, role="wizard"))
    refuses("invitation_expires_later", update(row, expires_at=NOW))
    refuses("invitation_accepted_at_with_accepted_by", update(row, accepted_at=NOW))
    refuses(
        "invitation_accepted_or_revoked",
        update(row, accepted_at=NOW, accepted_by=pat.user, revoked_at=NOW),
    )
    refuses(
        named_unique("clinic_invitation.token_hash", "token_hash"),
        lambda: invitation(harbour, token_hash=row.token_hash),
    )


def test_api_token_rules(ada):
    token = ApiToken.objects.create(
        membership=ada,
        name="script",
        token_hash=hash_token("x"),
        hint="cw_x",
        created_at=NOW,
        expires_at=LATER,
    )
    refuses("api_token_expires_later", update(token, expires_at=NOW))


def test_notice_rules(harbour):
    notice = Notice(
        practice=harbour, kind="form", message_id="<1@x>", created_at=NOW, due_at=NOW, text="hello"
    )
    notice.save()
    refuses("notice_text_removed_once_sent", update(notice, sent_at=NOW))
    refuses("notice_sent_or_failed", update(notice, sent_at=NOW, failed_at=NOW, text=None))


# --- Triggers -----------------------------------------------------------------------------------


def test_care_across_practices_is_refused(nora, eve, ada):
    sentence = "A client and their clinician belong to one practice."
    refuses(
        sentence,
        lambda: CareRelationship.objects.create(client=nora, clinician=eve, started_at=NOW),
    )
    refuses(sentence, update(nora.care.get(), clinician=eve))


def test_supervision_across_practices_is_refused(sue, eve):
    sentence = "A supervisor and their clinician belong to one practice."
    refuses(
        sentence,
        lambda: Supervision.objects.create(supervisor=sue, clinician=eve, started_at=NOW),
    )
    refuses(sentence, update(Supervision.objects.get(), clinician=eve))


def test_audit_trail_is_only_ever_added_to(nora):
    event = AuditEvent.objects.order_by("pk").first()
    sentence = "The audit trail is only ever added to."
    refuses(sentence, update(event, action="nothing.happened"))
    refuses(sentence, event.delete)
    refuses(sentence, lambda: AuditEvent.objects.all().delete())
    assert AuditEvent.objects.filter(pk=event.pk, action=event.action).exists()


@pytest.mark.postgres
def test_audit_trail_cannot_be_truncated(nora):
    with connection.cursor() as cursor:
        refuses(
            "The audit trail is only ever added to.",
            lambda: cursor.execute("TRUNCATE clinic_auditevent"),
        )


def test_client_with_history_outlives_nothing_silently(nora, ada):
    """The trail keeps pointing at a client that is gone: it holds no foreign key."""
    events = AuditEvent.objects.filter(client_id=nora.pk).count()
    Client.objects.filter(pk=nora.pk).delete()
    assert AuditEvent.objects.filter(client_id=nora.pk).count() == events > 0


def test_member_with_history_cannot_be_removed(ada, nora):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        ada.delete()


def test_user_who_wrote_something_cannot_be_removed(pat):
    from django.db.models import ProtectedError

    invitation(pat.practice, created_by=pat.user)
    with pytest.raises(ProtectedError):
        pat.user.delete()
    assert make_user("Lone Star").delete()[0] == 1
