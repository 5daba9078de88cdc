from yole.base.permissions import declare

_COORDINATION = {"territory-coordinator", "administrator"}
_FIELD = _COORDINATION | {"structure-coordinator", "mediator"}

VERIFY = "places.verify"
IMPORT = "places.import"
MERGE = "places.merge"
EDIT = "places.edit"
HANDLE_REPORTS = "places.handle-reports"

declare(VERIFY, _FIELD)
declare(EDIT, _COORDINATION | {"structure-coordinator"})
declare(HANDLE_REPORTS, _COORDINATION)
declare(IMPORT, _COORDINATION)
declare(MERGE, _COORDINATION)
