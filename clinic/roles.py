"""Roles and what they may do, as data that a governance officer can read.

Two questions decide every access. *Reach*: in what way does this person stand to the client
(cares for them, supervises the one who does, or runs the practice)? *Permission*: what may a
person with this role do at that reach? ``clinic.access`` asks both; nothing else decides.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    SUPERVISOR = "supervisor", _("Supervisor")
    PRACTICE_ADMIN = "practice_admin", _("Practice admin")
    ASSISTANT = "assistant", _("Assistant")


class Reach(StrEnum):
    """How a person stands to one client."""

    OWN = "own"  # an open care relationship
    SUPERVISED = "supervised"  # supervises a clinician who has one
    PRACTICE = "practice"  # same practice, in a role that looks after all its clients


class Permission(StrEnum):
    # About one client
    SEE_IDENTITY = "see_identity"
    EDIT_IDENTITY = "edit_identity"
    MANAGE_CARE = "manage_care"
    CLOSE_CLIENT = "close_client"
    SEE_HISTORY = "see_history"
    SEE_CLINICAL = "see_clinical"
    ASSIGN = "assign"
    ENTER_ANSWERS = "enter_answers"
    REVIEW = "review"
    HANDLE_ALERT = "handle_alert"
    # About the practice
    ADD_CLIENT = "add_client"
    SEE_CASELOAD = "see_caseload"
    SEE_LIBRARY = "see_library"
    MANAGE_LIBRARY = "manage_library"
    IMPORT_ANSWERS = "import_answers"
    KEEP_CALENDAR = "keep_calendar"
    SEE_TEAM = "see_team"
    MANAGE_TEAM = "manage_team"
    USE_API = "use_api"


CARE = frozenset(
    {
        Permission.SEE_IDENTITY,
        Permission.EDIT_IDENTITY,
        Permission.CLOSE_CLIENT,
        Permission.SEE_HISTORY,
        Permission.SEE_CLINICAL,
        Permission.ASSIGN,
        Permission.ENTER_ANSWERS,
        Permission.REVIEW,
        Permission.HANDLE_ALERT,
    }
)
SUPERVISION = frozenset(
    {
        Permission.SEE_IDENTITY,
        Permission.SEE_HISTORY,
        Permission.SEE_CLINICAL,
        Permission.HANDLE_ALERT,
    }
)
EVERYONE = frozenset({Permission.SEE_TEAM, Permission.USE_API})
CASEWORK = EVERYONE | {
    Permission.ADD_CLIENT,
    Permission.SEE_CASELOAD,
    Permission.SEE_LIBRARY,
    Permission.IMPORT_ANSWERS,
    Permission.KEEP_CALENDAR,
}
RUNNING = EVERYONE | {
    Permission.ADD_CLIENT,
    Permission.SEE_LIBRARY,
    Permission.MANAGE_LIBRARY,
    Permission.IMPORT_ANSWERS,
    Permission.KEEP_CALENDAR,
    Permission.MANAGE_TEAM,
}


@dataclass(frozen=True)
class RoleRules:
    """What one role may do: in the practice at large, and to a client at each reach."""

    description: str | Promise
    general: frozenset[Permission]
    by_reach: dict[Reach, frozenset[Permission]] = field(default_factory=dict)


RULES: dict[Role, RoleRules] = {
    Role.CLINICIAN: RoleRules(
        description=_(
            "Cares for clients. Sees and works with the clients in their own care, nobody else's."
        ),
        general=CASEWORK,
        by_reach={Reach.OWN: CARE},
    ),
    Role.SUPERVISOR: RoleRules(
        description=_(
            "Reads along with the clinicians they supervise, and may have clients of their own."
        ),
        general=CASEWORK,
        by_reach={Reach.OWN: CARE, Reach.SUPERVISED: SUPERVISION},
    ),
    Role.PRACTICE_ADMIN: RoleRules(
        description=_(
            "Runs the practice: team, roles, who cares for whom. Sees who the clients are, "
            "never what they answered."
        ),
        general=RUNNING,
        by_reach={
            Reach.PRACTICE: frozenset(
                {
                    Permission.SEE_IDENTITY,
                    Permission.EDIT_IDENTITY,
                    Permission.MANAGE_CARE,
                    Permission.CLOSE_CLIENT,
                    Permission.SEE_HISTORY,
                }
            )
        },
    ),
    Role.ASSISTANT: RoleRules(
        description=_(
            "Works at the front desk: adds clients, keeps their contact details and appointments. "
            "Sees no forms and no answers."
        ),
        general=frozenset({Permission.SEE_TEAM, Permission.ADD_CLIENT, Permission.KEEP_CALENDAR}),
        by_reach={Reach.PRACTICE: frozenset({Permission.SEE_IDENTITY, Permission.EDIT_IDENTITY})},
    ),
}
