"""Acts of the room and the roles that may do them. Asking the questions needs no account."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_TEAM = {Role.MEDIATOR, Role.STRUCTURE_COORDINATOR}

SEE = "rights.see"  # the follow-ups of one's structure, the one-page questionnaire
FOLLOW = "rights.follow"  # open a follow-up with the person's agreement, move it on
SCREEN = "rights.screen"  # screen a pseudonymous list for a declared purpose
FIGURES = "rights.figures"  # protected counts

declare(SEE, _TEAM)
declare(FOLLOW, _TEAM)
declare(SCREEN, {Role.STRUCTURE_COORDINATOR})
declare(FIGURES, _TEAM | {Role.TERRITORY_COORDINATOR, Role.DATA_PROTECTION_OFFICER})
