"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_COORDINATION = {Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR}
_FIELD = _COORDINATION | {Role.MEDIATOR}
_TERRITORY = {Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR}

SEE = "assessment.see"  # sittings of the structure, their results, groups before and after
GIVE = "assessment.give"  # triage, start a sitting for somebody, type in a paper form
GROUPS = "assessment.groups"  # create groups
PAPER = "assessment.paper"  # make paper forms
BANK = "assessment.bank"  # read the questions with their statistics
BANK_EDIT = "assessment.bank-edit"  # change states, import questions
DECIDE = "assessment.decide"  # parameters in force, settings of the territory

declare(SEE, _FIELD)
declare(GIVE, _FIELD)
declare(GROUPS, _FIELD)
declare(PAPER, _FIELD)
declare(BANK, _FIELD)
declare(BANK_EDIT, _TERRITORY)
declare(DECIDE, _TERRITORY)
