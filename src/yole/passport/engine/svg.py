"""A credential in an SVG picture: an `openbadges:credential` element directly after `<svg>`, its JSON in CDATA."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from yole.passport.engine.faults import NotFoundError, UnreadableError

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_SVG = "http://www.w3.org/2000/svg"
_DECLARATION = re.compile(rb'<\?xml[^>]*encoding=["\']([A-Za-z0-9._-]+)["\']')


def _tree(data: bytes) -> Any:
    """The document's root, entities and DTD refused. Raises UnreadableError."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise UnreadableError("xml-entities", "Cette image SVG déclare un DTD ou des entités : elle n’est pas lue.") from None
    except (ParseError, ValueError, LookupError, RecursionError):
        raise UnreadableError("not-svg", "Cette image SVG n’est pas du XML bien formé.") from None


def unbake(data: bytes) -> bytes:
    """The text baked in a picture: element content, whatever the prefix, the place or the escapes, or the `verify` attribute (a token).

    Raises NotFoundError when there is none, UnreadableError when there are two or the XML is not sound.
    """
    root = _tree(data)
    if str(root.tag).rpartition("}")[2] != "svg":
        raise NotFoundError("not-svg", "Ce fichier XML n’est pas une image SVG.")
    found = list(root.iter(f"{{{NAMESPACE}}}credential"))
    if not found:
        raise NotFoundError("nothing-baked", "Cette image SVG ne contient pas d’attestation.")
    if len(found) > 1:
        raise UnreadableError("baked-twice", "Cette image SVG contient plusieurs attestations : on ne sait pas laquelle lire.")
    token = found[0].get("verify")
    text = "".join(found[0].itertext()).strip() or token or ""
    return str(text).strip().encode("utf-8", "surrogatepass")


class _Places:
    """Byte offsets, in a UTF-8 document, of the root's start tag and of the credentials it holds."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.root: int | None = None
        self.credentials: list[tuple[int, int]] = []
        self.prefixes: dict[str, str] = {}
        self._open: list[tuple[bool, int]] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = self._declared
        self._parser.Parse(data, True)

    def _declared(self, prefix: str | None, address: str | None) -> None:
        if self.root is None:
            self.prefixes[prefix or ""] = address or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            self.root = self._parser.CurrentByteIndex
        self._open.append((name == f"{NAMESPACE} credential", self._parser.CurrentByteIndex))

    def _end(self, name: str) -> None:
        ours, start = self._open.pop()
        if ours and not any(outer for outer, _ in self._open):
            here = self._parser.CurrentByteIndex  # where the end tag starts; for an empty element (<a/>), its end
            empty = self.data[here - 2 : here] == b"/>" and tag_end(self.data, start) == here
            self.credentials.append((start, here if empty else tag_end(self.data, here)))


def tag_end(data: bytes, start: int) -> int:
    """Offset just after the `>` of the tag that starts at `start`, quoted values skipped."""
    quote = 0
    for position in range(start, len(data)):
        symbol = data[position]
        if quote:
            quote = 0 if symbol == quote else quote
        elif symbol in b"\"'":
            quote = symbol
        elif symbol == ord(">"):
            return position + 1
    return len(data)


def bake(picture: bytes, text: bytes) -> bytes:
    """The picture with this JSON baked in, in place of any other. Raises UnreadableError unless it is a sound SVG in UTF-8."""
    picture = picture.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARATION.match(picture)
    root = _tree(picture)
    if root.tag != f"{{{_SVG}}}svg" or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise UnreadableError("not-svg", "Cette image n’est pas un SVG en UTF-8.")
    places = _Places(picture)
    for start, end in sorted(places.credentials, reverse=True):
        picture = picture[:start] + picture[end:]
    if places.credentials:
        places = _Places(picture)
    start = places.root or 0
    end = tag_end(picture, start)
    prefix = places.prefixes.get("openbadges")
    known = f' xmlns:openbadges="{NAMESPACE}"'.encode()
    tag = picture[start:end]
    closed = tag.endswith(b"/>")
    tag = tag[:-2] if closed else tag[:-1]
    tag += (known if prefix is None else b"") + b">"
    local = b"" if prefix in (None, NAMESPACE) else known  # the picture gives this prefix another meaning: ours holds inside the element
    # `]]>` would end the CDATA; in JSON it can only be in a text, where \u003e is the same character.
    inside = text.replace(b"]]>", b"]]\\u003e")
    element = b"<openbadges:credential" + local + b"><![CDATA[" + inside + b"]]></openbadges:credential>"
    name = re.match(rb"<([^\s/>]+)", tag)
    closing = b"</" + (name[1] if name else b"svg") + b">" if closed else b""
    return picture[:start] + tag + element + closing + picture[end:]
