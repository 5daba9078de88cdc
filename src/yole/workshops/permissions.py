"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_COORDINATION = {Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR}
_FIELD = _COORDINATION | {Role.MEDIATOR}

SEE = "workshops.see"  # desk calendars, lists and sheets
CHECK_IN = "workshops.check-in"
ENROL = "workshops.enrol"  # enrol, cancel, accept an offer for somebody, group enrolment
PRESCRIBE = "workshops.prescribe"
CALL = "workshops.call"  # call list
PLAN = "workshops.plan"  # create, move, cancel sessions; capacity
PROGRAMME = "workshops.programme"  # create and publish programmes and cohorts
PRIORITY = "workshops.priority"  # move somebody up the waiting list
SETTINGS = "workshops.settings"
INDICATORS = "workshops.indicators"

declare(SEE, _FIELD | {Role.VOLUNTEER})
declare(CHECK_IN, _FIELD | {Role.VOLUNTEER})
declare(ENROL, _FIELD)
declare(PRESCRIBE, _FIELD)
declare(CALL, _FIELD | {Role.VOLUNTEER})
declare(PLAN, _FIELD)
declare(PROGRAMME, _FIELD)
declare(PRIORITY, _COORDINATION | {Role.MEDIATOR})
declare(SETTINGS, {Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR})
declare(INDICATORS, _FIELD | {Role.EVALUATOR})
