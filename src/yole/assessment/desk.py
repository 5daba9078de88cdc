"""What the desk pages of the room share."""

from __future__ import annotations

from django.http import HttpResponse

CONTENT = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "gift": "text/plain; charset=utf-8",
    "zip": "application/zip",
    "pdf": "application/pdf",
}


def as_file(content: bytes, name: str) -> HttpResponse:
    """A file to download; its kind is read in its name."""
    response = HttpResponse(content, content_type=CONTENT[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
