"""Acts of the room and the roles that may do them. Reading the register needs no account."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

WRITE = "ai_register.write"  # entries of the territory: write, change, stop

declare(WRITE, {Role.TERRITORY_COORDINATOR, Role.DATA_PROTECTION_OFFICER})
