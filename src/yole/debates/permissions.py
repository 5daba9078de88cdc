"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_HOSTS = {
    Role.MEDIATOR,
    Role.STRUCTURE_COORDINATOR,
    Role.TERRITORY_COORDINATOR,
    Role.EVENT_ORGANISER,
    Role.ADMINISTRATOR,
}

SEE = "debates.see"  # desk list, reports
HOST = "debates.host"  # prepare, run, moderate, count, close
ROADMAP = "debates.roadmap"  # send ideas to the roadmap

declare(SEE, _HOSTS | {Role.VOLUNTEER, Role.EVALUATOR})
declare(HOST, _HOSTS)
declare(ROADMAP, _HOSTS)
