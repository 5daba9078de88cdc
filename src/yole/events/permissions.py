"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_ORGANISERS = {Role.EVENT_ORGANISER, Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR}
_TEAM = _ORGANISERS | {Role.STRUCTURE_COORDINATOR, Role.MEDIATOR}

SEE = "events.see"  # home of an edition, programme being prepared
EDIT = "events.edit"  # editions, venues, programme, invitations, takeaways
REVIEW = "events.review"  # read and score proposals
DECIDE = "events.decide"  # accept or refuse a proposal
REGISTER = "events.register"  # register somebody, read who comes
DOOR = "events.door"  # check in
FIGURES = "events.figures"

declare(SEE, _TEAM | {Role.VOLUNTEER})
declare(EDIT, _ORGANISERS)
declare(REVIEW, _TEAM)
declare(DECIDE, _ORGANISERS)
declare(REGISTER, _TEAM)
declare(DOOR, _TEAM | {Role.VOLUNTEER})
declare(FIGURES, _ORGANISERS | {Role.STRUCTURE_COORDINATOR, Role.EVALUATOR})
