"""Forms of the clinic pages, and the clean fields that every form of the product uses."""

from clinic.forms.account import SCOPE_LABELS, DigestForm, NameForm, TokenForm
from clinic.forms.clients import ClientForm, EditClientForm, StartCareForm
from clinic.forms.fields import (
    ActionForm,
    CleanCharField,
    CleanDateField,
    CleanTextField,
    CleanTimeField,
    MemberChoiceField,
)
from clinic.forms.practice import PracticeForm
from clinic.forms.team import (
    ROLE_CHOICES,
    EndMembershipForm,
    FirstAdminForm,
    InvitationForm,
    JoinForm,
    RoleForm,
    SupervisionForm,
    role_choice,
    role_descriptions,
)

__all__ = [
    "ROLE_CHOICES",
    "SCOPE_LABELS",
    "ActionForm",
    "CleanCharField",
    "CleanDateField",
    "CleanTextField",
    "CleanTimeField",
    "ClientForm",
    "DigestForm",
    "EditClientForm",
    "EndMembershipForm",
    "FirstAdminForm",
    "InvitationForm",
    "JoinForm",
    "MemberChoiceField",
    "NameForm",
    "PracticeForm",
    "RoleForm",
    "StartCareForm",
    "SupervisionForm",
    "TokenForm",
    "role_choice",
    "role_descriptions",
]
