"""What every page knows: the name of the site, the territory, the navigation, the languages. Works on error pages too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext

from yole.base.permissions import may
from yole.base.registries import NAVIGATION, NavigationEntry

PRODUCT = "Yole"
LANGUAGES_BY_DEFAULT = ("fr", "en")
IN_HEADER = 5
"""Links of the header, at most: the whole menu is at the foot of each page, one link away."""


def offered_languages(territory: Any) -> list[tuple[str, str]]:
    """The (code, name) of the languages a territory offers, French and English when it says nothing."""
    wanted = getattr(territory, "languages", None) or LANGUAGES_BY_DEFAULT
    if isinstance(wanted, str):
        wanted = [part.strip() for part in wanted.split(",")]
    return [(code, name) for code, name in settings.LANGUAGES if code in wanted]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a menu, ready to show."""

    label: str
    url: str
    current: bool


class Site:
    """Read by the layouts as `site`. Nothing is computed before it is read, so a bare error page costs nothing."""

    product = PRODUCT

    def __init__(self, request: HttpRequest | None) -> None:
        self.request = request
        self.territory = getattr(request, "territory", None)

    @property
    def territory_name(self) -> str:
        return str(getattr(self.territory, "name", "") or "")

    @property
    def phone(self) -> str:
        return str(getattr(self.territory, "phone", "") or "")

    @property
    def title(self) -> str:
        return f"{PRODUCT} {self.territory_name}".strip()

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        return offered_languages(self.territory)

    @property
    def address(self) -> str:
        """Where the language switch comes back to: this page, or the home page after a form was sent."""
        if self.request is None or self.request.method not in {"GET", "HEAD"}:
            return "/"
        return self.request.get_full_path()

    @cached_property
    def public_menu(self) -> list[Link]:
        return self._links([entry for entry in NAVIGATION if entry.act is None])

    @cached_property
    def desk_menu(self) -> list[Link]:
        account = getattr(self.request, "user", None)
        return self._links([entry for entry in NAVIGATION if entry.act is not None and may(account, entry.act)])

    @property
    def public_header(self) -> list[Link]:
        return _in_header(self.public_menu)

    @property
    def desk_header(self) -> list[Link]:
        return _in_header(self.desk_menu)

    def _links(self, entries: list[NavigationEntry]) -> list[Link]:
        found = []
        for entry in sorted(entries, key=lambda entry: entry.order):
            try:
                found.append((gettext(str(entry.label)), reverse(entry.url_name)))
            except NoReverseMatch:
                continue  # a room that is not installed here has no page to offer
        here = self.request.path if self.request is not None else ""
        inside = [url for _, url in found if here == url or (url != "/" and here.startswith(url))]
        current = max(inside, key=len, default=None)
        return [Link(label, url, url == current) for label, url in found]


def _in_header(menu: list[Link]) -> list[Link]:
    """The first links of a menu; the one of the page in sight takes the last place when it stands further."""
    if len(menu) <= IN_HEADER:
        return menu
    first = menu[: IN_HEADER - 1]
    return [*first, next((link for link in menu[IN_HEADER - 1 :] if link.current), menu[IN_HEADER - 1])]


def site(request: HttpRequest | None) -> dict[str, Any]:
    return {"site": Site(request)}
