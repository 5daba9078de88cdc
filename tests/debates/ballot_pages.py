"""Invented ballots: our own printed sheet, ticked with a pen that shakes, then photographed badly. Nothing here reads a ballot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from yole.debates.ballot_sheets import ballots_pdf
from yole.debates.engine import ballot_layout as layout

FORM = "ABC123"
STATEMENTS = tuple(f"Phrase d’essai numéro {n}, assez longue pour tenir sur deux lignes de la feuille." for n in range(1, 13))
DPI = 200
SCALE = DPI / 25.4

Gray = NDArray[np.uint8]


@dataclass(frozen=True)
class Filled:
    """A sheet as somebody filled it: the truth of each row (1, −1, 0, None for a blank), and its image."""

    page: int
    votes: tuple[int | None, ...]
    image: Gray


@cache
def printed(page: int) -> Gray:
    document = pypdfium2.PdfDocument(ballots_pdf(FORM, "Café d’essai (fictif)", STATEMENTS, [page]))
    try:
        pixels = document[0].render(scale=DPI / 72, grayscale=True).to_numpy()
        return np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))
    finally:
        document.close()


def _tick(image: Gray, rng: np.random.Generator, x: float, y: float, kind: str) -> None:
    """A cross, a check mark, a scribble or a filled disc, in a pen of 0.4 to 0.8 mm, black to rather pale."""
    shade = int(rng.integers(10, 90))
    width = max(2, round(rng.uniform(0.4, 0.8) * SCALE))

    def at(dx: float, dy: float) -> tuple[int, int]:
        wobble = rng.normal(0, 0.2, 2)
        return round((x + dx + wobble[0]) * SCALE), round((y + dy + wobble[1]) * SCALE)

    if kind == "cross":
        r = rng.uniform(2.0, 3.6)
        cv2.line(image, at(-r, -r), at(r, r), shade, width, cv2.LINE_AA)
        cv2.line(image, at(-r, r), at(r, -r), shade, width, cv2.LINE_AA)
    elif kind == "check":
        cv2.polylines(image, [np.array([at(-2.2, 0.2), at(-0.5, 2.2), at(3.0, -3.0)])], False, shade, width, cv2.LINE_AA)
    elif kind == "scribble":
        points = [at(rng.uniform(-2.2, 2.2), rng.uniform(-2.2, 2.2)) for _ in range(9)]
        cv2.polylines(image, [np.array(points)], False, shade, width, cv2.LINE_AA)
    else:
        cv2.circle(image, at(0, 0), round(rng.uniform(2.4, 3.1) * SCALE), shade, -1, cv2.LINE_AA)


def filled(page: int, rng: np.random.Generator) -> Filled:
    """A sheet with one honest mark a row, one row in ten left blank."""
    image = printed(page).copy()
    votes: list[int | None] = []
    for row in range(len(STATEMENTS)):
        if rng.random() < 0.1:
            votes.append(None)
            continue
        circle = layout.circles(len(STATEMENTS))[row * 3 + int(rng.integers(3))]
        _tick(image, rng, circle.x, circle.y, str(rng.choice(["cross", "check", "scribble", "disc"])))
        votes.append(circle.vote)
    return Filled(page, tuple(votes), image)


def mark(sheet: Gray, row: int, vote: int, rng: np.random.Generator, kind: str = "cross") -> None:
    circle = next(one for one in layout.circles(len(STATEMENTS)) if one.row == row and one.vote == vote)
    _tick(sheet, rng, circle.x, circle.y, kind)


def faint(sheet: Gray, row: int, vote: int) -> None:
    """A touch of pencil: neither a mark nor nothing."""
    circle = next(one for one in layout.circles(len(STATEMENTS)) if one.row == row and one.vote == vote)
    cv2.line(
        sheet,
        (round((circle.x - 1.5) * SCALE), round(circle.y * SCALE)),
        (round((circle.x + 1.5) * SCALE), round((circle.y + 0.3) * SCALE)),
        150,
        3,
        cv2.LINE_AA,
    )


def photographed(image: Gray, rng: np.random.Generator, *, harsh: float = 1.0) -> bytes:
    """A telephone above a table: perspective, any rotation, a shadow with an edge, uneven light, blur, grain, JPEG."""
    height, width = image.shape
    canvas_side = 2400
    table = np.full((canvas_side, canvas_side), int(rng.integers(60, 130)), np.uint8)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.deg2rad(rng.uniform(-25, 25) * harsh + rng.choice([0, 90, 180, 270]))
    size = rng.uniform(0.80, 0.95)
    turned = (corners - corners.mean(axis=0)) * size @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned += rng.uniform(-0.05, 0.05, (4, 2)) * width * harsh + canvas_side / 2
    low, high = turned.min(axis=0), turned.max(axis=0)
    ratio = min(1.0, (canvas_side - 60) / float((high - low).max()))
    turned = (turned - (low + high) / 2) * ratio + canvas_side / 2
    transform = cv2.getPerspectiveTransform(corners, turned.astype(np.float32))
    seen = cv2.warpPerspective(image, transform, (canvas_side, canvas_side), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    y, x = np.mgrid[0:canvas_side, 0:canvas_side].astype(np.float32) / canvas_side
    way = rng.uniform(0, 2 * np.pi)
    along = np.cos(way) * (x - 0.5) + np.sin(way) * (y - 0.5)
    light = 0.85 + 0.25 * harsh * along
    edge = 1 / (1 + np.exp(-(along - rng.uniform(-0.2, 0.2)) * rng.uniform(20, 120)))
    light = light * (1 - rng.uniform(0.15, 0.45) * harsh * edge)
    out = seen.astype(np.float32) * light
    out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.5, 2.2) * harsh)
    out += rng.normal(0, rng.uniform(1, 5) * harsh, out.shape)
    return _jpeg(np.clip(out, 0, 255).astype(np.uint8), int(rng.integers(45, 85)))


def scanned(image: Gray, rng: np.random.Generator) -> bytes:
    """A flatbed: a slight slant, grain, sometimes upside down, JPEG."""
    height, width = image.shape
    angle = rng.uniform(-4, 4) + (180 if rng.random() < 0.3 else 0)
    transform = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.97)
    out = cv2.warpAffine(image, transform, (width, height), borderValue=235).astype(np.float32)
    out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.2)) * rng.uniform(0.85, 1.0) + rng.normal(0, 3, out.shape)
    return _jpeg(np.clip(out, 0, 255).astype(np.uint8), int(rng.integers(55, 90)))


def _jpeg(image: Gray, quality: int) -> bytes:
    done, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return bytes(encoded.tobytes())
