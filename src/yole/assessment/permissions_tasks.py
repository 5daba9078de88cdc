"""Acts of the hands-on tasks and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_FIELD = {Role.MEDIATOR, Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR}

SEE_TASKS = "assessment.tasks"  # results of the exercises, without names
RECORD_TASK = "assessment.task-record"  # tick what a person did in the oral version

declare(SEE_TASKS, _FIELD | {Role.EVALUATOR})
declare(RECORD_TASK, _FIELD | {Role.VOLUNTEER})
