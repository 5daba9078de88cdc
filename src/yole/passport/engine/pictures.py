"""The plain picture of a passport that has no other: a disc in the level's colour with a sail, drawn by us, as SVG and as PNG."""

from __future__ import annotations

import struct
import zlib
from html import escape

from yole.passport.engine.png import SIGNATURE, chunk

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255
SIDE = 256  # pixels
PLAIN: Colour = (0, 91, 122)
_NAMED: dict[str, Colour] = {
    "vert": (30, 120, 70),
    "bleu": (20, 90, 170),
    "orange": (200, 90, 0),
    "rouge": (180, 30, 40),
    "jaune": (150, 110, 0),
    "violet": (110, 60, 150),
}
# The sail and the hull on a grid of 256, as polygons.
_SHAPES = (((122, 48), (122, 166), (58, 166)), ((136, 72), (196, 166), (136, 166)), ((52, 180), (204, 180), (176, 208), (82, 208)))


def colour_of(level: str) -> Colour:
    """The colour whose French name is the level's, or the house's."""
    return _NAMED.get(level.strip().lower(), PLAIN)


def plain_svg(title: str, colour: Colour = PLAIN) -> bytes:
    """A picture of 256 × 256 units with its title for those who do not see it."""
    sails = "".join(f'<polygon points="{" ".join(f"{x},{y}" for x, y in shape)}"/>' for shape in _SHAPES)
    kept = "".join(symbol for symbol in title if symbol.isprintable())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img"><title>{escape(kept)}</title>'
        f'<circle cx="128" cy="128" r="124" fill="rgb{colour}"/><g fill="white">{sails}</g></svg>\n'
    ).encode()


def plain_png(colour: Colour = PLAIN) -> bytes:
    """The same drawing as 256 × 256 pixels, transparent outside the disc."""
    edges = [[shape[i] + shape[(i + 1) % len(shape)] for i in range(len(shape))] for shape in _SHAPES]
    rows = []
    for y in range(SIDE):
        row = bytearray(SIDE)
        width = 124.5**2 - (y - 127.5) ** 2
        if width > 0:
            half = int(width**0.5)
            row[128 - half : 128 + half] = b"\1" * (2 * half)
            for lines in edges:
                cuts = sorted(x1 + (y + 0.5 - y1) * (x2 - x1) / (y2 - y1) for x1, y1, x2, y2 in lines if (y1 <= y + 0.5) != (y2 <= y + 0.5))
                for left, right in zip(cuts[::2], cuts[1::2], strict=True):
                    row[round(left) : round(right)] = b"\2" * (round(right) - round(left))
        rows.append(b"\0" + bytes(row))
    palette = bytes((255, 255, 255)) + bytes(colour) + bytes((255, 255, 255))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    parts = [
        chunk(b"IHDR", header),
        chunk(b"PLTE", palette),
        chunk(b"tRNS", b"\0\xff\xff"),
        chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
        chunk(b"IEND", b""),
    ]
    return SIGNATURE + b"".join(parts)
