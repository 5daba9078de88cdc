"""Who may change what the territory knows."""

from yole.base.permissions import declare

QUARTIERS = "territory.quartiers"
QUARTIER_ADD = "territory.quartier-add"
QUARTIER_CHANGE = "territory.quartier-change"

declare(QUARTIERS, ["structure-coordinator", "territory-coordinator", "administrator"])
declare(QUARTIER_ADD, ["structure-coordinator", "territory-coordinator", "administrator"])
declare(QUARTIER_CHANGE, ["territory-coordinator", "administrator"])
