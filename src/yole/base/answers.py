"""What views share: the methods of a page with a form, and files as answers."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

LICENCE, LICENCE_URL = "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
"""Of the open data that territories publish."""

FORM = ("GET", "HEAD", "POST")
"""Methods of a page that holds a form."""

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "gift": "text/plain; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml; charset=utf-8",
    "zip": "application/zip",
}
_OPENED = {"ics", "pdf"}


def as_file(content: bytes | str, name: str, *, kind: str = "", opened: bool | None = None, cache: str = "no-store") -> HttpResponse:
    """A file, which nobody keeps on the way unless `cache` says so (a Cache-Control).

    `kind` is read in the end of `name` when it is not given. `opened`: shown by the browser rather than downloaded, as PDF and calendars
    are unless told otherwise. Raises KeyError for an end of name that the house does not know.
    """
    end = name.rpartition(".")[2]
    shown = end in _OPENED if opened is None else opened
    response = HttpResponse(content, content_type=kind or CONTENT_TYPES[end])
    response.headers["Content-Disposition"] = content_disposition_header(not shown, name) or ""
    response.headers["Cache-Control"] = cache
    return response


def as_open_data(
    content: bytes | str, name: str, *, kind: str = "", opened: bool | None = None, seconds: int = 300, licence: str = ""
) -> HttpResponse:
    """A file for everybody, that other sites may read too; `licence` is the address of its licence."""
    response = as_file(content, name, kind=kind, opened=opened, cache=f"public, max-age={seconds}")
    response.headers["Access-Control-Allow-Origin"] = "*"
    if licence:
        response.headers["Link"] = f'<{licence}>; rel="license"'
    return response
