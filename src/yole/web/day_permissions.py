"""The act of the day screen, declared once."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

DAY = "web.day"  # the day screen, its data on a device, what a device delivers; each act inside asks its own room

declare(
    DAY,
    {Role.VOLUNTEER, Role.MEDIATOR, Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR},
)
