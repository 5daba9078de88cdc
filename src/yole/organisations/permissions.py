"""Acts of the room and the roles that may do them. Services also check the reach: own structure, own territory, never a role above."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_COORDINATION = {Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR}

OWN_ACCOUNT = "organisations.own-account"
STRUCTURES = "organisations.structures"  # list, add, change
TEAM = "organisations.team"  # who works here, with which role
INVITE = "organisations.invite"
CHANGE_MEMBER = "organisations.change-member"  # role, structure, end of a membership
DEACTIVATE = "organisations.deactivate"  # and reactivate
ASK_RESET = "organisations.ask-reset"
AGREE_RESET = "organisations.agree-reset"  # never the person who asked, nor the one concerned

declare(OWN_ACCOUNT, set(Role))
declare(STRUCTURES, {Role.TERRITORY_COORDINATOR})
declare(TEAM, _COORDINATION | {Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER})
declare(INVITE, _COORDINATION)
declare(CHANGE_MEMBER, _COORDINATION)
declare(DEACTIVATE, _COORDINATION | {Role.ADMINISTRATOR})
declare(ASK_RESET, _COORDINATION | {Role.ADMINISTRATOR})
declare(AGREE_RESET, {Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR})
