"""What the desk pages of the room share."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yole.base.errors import Refused
from yole.organisations.models import Account

FORM = ["GET", "HEAD", "POST"]
CONTENT = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "gift": "text/plain; charset=utf-8",
    "zip": "application/zip",
    "pdf": "application/pdf",
}


def account_of(request: HttpRequest) -> Account:
    """The signed-in account; the guard of the page has checked that there is one."""
    if not isinstance(request.user, Account):
        raise Refused("Connectez-vous.", code="forbidden", status=403)
    return request.user


def as_file(content: bytes, name: str) -> HttpResponse:
    """A file to download; its kind is read in its name."""
    response = HttpResponse(content, content_type=CONTENT[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
