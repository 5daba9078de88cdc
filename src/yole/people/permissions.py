"""Acts of the room and the roles that may do them. Names are read inside one's own structure, or with the person's agreement.

Whoever coordinates a territory reads no name: settings and counts only.
"""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_NAMES = {Role.MEDIATOR, Role.STRUCTURE_COORDINATOR}

NEW_ANONYMOUS = "people.new-anonymous"
SEE = "people.see"
FOLLOW = "people.follow"  # create, change, import named cards; information, agreements
SHARE = "people.share"
DECIDE = "people.decide"  # duplicates, merges and their undoing
EXPORT = "people.export"
ERASE = "people.erase"
SETTINGS = "people.settings"

declare(NEW_ANONYMOUS, _NAMES | {Role.VOLUNTEER})
declare(SEE, _NAMES)
declare(FOLLOW, _NAMES)
declare(SHARE, _NAMES)
declare(DECIDE, _NAMES)
declare(EXPORT, _NAMES)
declare(ERASE, _NAMES)
declare(SETTINGS, {Role.TERRITORY_COORDINATOR})
