"""Acts of the room and the roles that may do them.

A mediator sees their own reports and those of their structure; the coordination of a structure, its structure; the coordination of the
territory sees numbers alone: neither notes nor people.
"""

from yole.base.permissions import declare
from yole.organisations.enums import Role

SEE = "activities.see"  # reports of one's own and of one's structure
REPORT = "activities.report"  # write, correct and delete one's own
CORRECT = "activities.correct"  # correct and delete those of the structure
EXPORT = "activities.export"
IMPORT = "activities.import"
COORDINATE = "activities.coordinate"  # activities of coordination
STATISTICS = "activities.statistics"  # numbers of one's own and of one's structure
STATISTICS_TERRITORY = "activities.statistics-territory"

_FIELD = {Role.MEDIATOR, Role.STRUCTURE_COORDINATOR}
_TERRITORY = {Role.TERRITORY_COORDINATOR, Role.EVALUATOR, Role.ADMINISTRATOR}

declare(SEE, _FIELD)
declare(REPORT, _FIELD)
declare(CORRECT, {Role.STRUCTURE_COORDINATOR})
declare(EXPORT, _FIELD)
declare(IMPORT, _FIELD)
declare(COORDINATE, {Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR})
declare(STATISTICS, _FIELD | _TERRITORY)
declare(STATISTICS_TERRITORY, _TERRITORY)
