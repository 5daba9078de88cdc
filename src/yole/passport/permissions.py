"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_COORDINATION = {Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR}
_JURY = _COORDINATION | {Role.EVALUATOR}

SEE = "passport.see"  # juries and their candidates, as far as the account may see them
PREPARE = "passport.prepare"  # make a jury, enter candidates, close it
DECIDE = "passport.decide"  # award, refuse, postpone: an evaluator of the jury
SECOND = "passport.second"  # second signature when an evaluator trained the cohort
REVOKE = "passport.revoke"  # withdraw, suspend, lift
REISSUE = "passport.reissue"  # a lost passport: a new code for its holder
PROGRAMME = "passport.programme"  # levels and their requirements
KEYS = "passport.keys"  # signing keys
FIGURES = "passport.figures"

declare(SEE, _JURY | {Role.MEDIATOR})
declare(PREPARE, _JURY)
declare(DECIDE, {Role.EVALUATOR})
declare(SECOND, _JURY)
declare(REVOKE, {Role.EVALUATOR, Role.TERRITORY_COORDINATOR})
declare(REISSUE, _JURY | {Role.MEDIATOR})
declare(PROGRAMME, {Role.TERRITORY_COORDINATOR})
declare(KEYS, {Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR})
declare(FIGURES, _JURY | {Role.DATA_PROTECTION_OFFICER})
