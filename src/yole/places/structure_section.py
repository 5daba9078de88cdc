"""The places of a structure, on its page: those whose number is of the same organisation (the nine first digits of the SIRET)."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from yole.base.permissions import may
from yole.organisations.models import Structure
from yole.places import permissions
from yole.places.models import Place

SIREN = 9  # digits


def places_of(structure: Structure) -> list[Place]:
    """Open places of the territory that bear the number of the organisation, by name; none without a SIRET."""
    if not structure.siret:
        return []
    found = Place.objects.filter(territory=structure.territory_id, closed_on__isnull=True, merged_into__isnull=True)
    return list(found.filter(pivot__startswith=structure.siret[:SIREN]).order_by("sort_key", "pk"))


def section(request: HttpRequest, structure_id: int) -> str:
    """Safe HTML; says why when there is none."""
    structure = Structure.objects.get(pk=structure_id)
    context = {"structure": structure, "places": places_of(structure), "desk": may(request.user, permissions.VERIFY)}
    return render_to_string("places/_of_structure.html", context, request=request)
