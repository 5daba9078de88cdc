"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

SEE = "deployment.see"  # scenarios of the territory, their plans, their exports
PLAN = "deployment.plan"  # ask for a plan, stop it, ask again
DECIDE = "deployment.decide"  # choose a plan, with the reason

declare(SEE, {Role.TERRITORY_COORDINATOR, Role.STRUCTURE_COORDINATOR, Role.RECRUITER})
declare(PLAN, {Role.TERRITORY_COORDINATOR})
declare(DECIDE, {Role.TERRITORY_COORDINATOR})
