"""Reads the circles of paper ballots on photos and scans. Needs the optional extra `scan` (OpenCV, zxing-cpp, pypdfium2).

Nothing is guessed: a page that cannot be placed exactly is not read at all, a circle that is not found where it was printed, or whose
ink is neither clearly there nor clearly absent, is doubtful, and so is the whole row that two circles mark. A person then looks.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.debates.engine import ballot_layout as layout
from yole.debates.engine.ballot_layout import Circle, Label

MARKED, EMPTY, DOUBTFUL = "marked", "empty", "doubtful"
EXTENSIONS = (".jpg", ".jpeg", ".png", ".pdf")

PER_MM = 6.0  # pixels of the straightened page per millimetre
LEAST_PIXELS, MOST_PIXELS = 500_000, 60_000_000  # of a picture: below, circles have too few dots; above, it is no photo of a page
LONGEST_SIDE = 3000  # larger pictures are reduced first
SEARCH_MM = 1.6  # how far from its place a printed circle is looked for: paper bends
RING_AT_LEAST = 0.45  # correlation with a printed circle
INNER_MM = 2.3  # radius of the disc whose ink is measured
INK_EMPTY, INK_MARKED = 0.02, 0.11  # mean darkness of this disc; printed black is 1
AROUND_MM = (4.3, 6.5)  # radii of the ring of paper where a mark that missed its circle is looked for
INK_AROUND = 0.015  # mean darkness of this ring above which an empty row is doubtful
MARK_CONTRAST = 0.35  # the corner squares must be darker than the paper by this share
FAR, CHOICES = 0.3, 4  # how wrong the QR code may be about a corner, by its distance; squares tried for each corner
SHIFT_MM = 1.5  # the QR code must fall this close to its place once the page is straightened
CUT_MM = 5.0  # half side of the image of a circle that a person looks at

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]


class UnreadableError(Exception):
    """A page that was not read; the message says why to a person, and what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One circle: its state, its ink from 0 to 1, how well its printed line was found (−1 to 1), and the ink around it."""

    circle: Circle
    state: str
    ink: float
    ring: float
    around: float


@dataclass(frozen=True, slots=True)
class Row:
    """One statement: `vote` 1, −1, 0, or None; `doubtful` when a person must look; not doubtful without a vote means left blank."""

    row: int
    vote: int | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page placed exactly: what its code says and its image, straightened (PER_MM pixels a millimetre, gray)."""

    label: Label
    image: Gray


def available() -> bool:
    """Whether this installation can read pictures."""
    try:
        _libraries()
    except ImportError:
        return False
    return True


@cache
def _libraries() -> tuple[Any, Any, Any]:
    cv2, zxing, pdfium = (import_module(name) for name in ("cv2", "zxingcpp", "pypdfium2"))
    cv2.setNumThreads(1)  # one page at a time in a worker: more threads only take time from the site
    return cv2, zxing, pdfium


def pictures(data: bytes, name: str, *, most_pages: int) -> Iterator[Gray]:
    """The pages of a file as gray pictures. Raises UnreadableError for neither a picture nor a PDF, and for a wrong size."""
    cv2, _zxing, pdfium = _libraries()
    if data[:5] == b"%PDF-":
        yield from _pdf_pages(pdfium, data, name, most_pages)
        return
    _check_size(data, name)
    decoded = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if decoded is None:
        raise UnreadableError(f"{name} : ce n’est pas une image lisible. Envoyez une photo JPEG ou PNG, ou un PDF.")
    yield _reduced(cv2, decoded)


def _check_size(data: bytes, name: str) -> None:
    """The size that the header announces, before any pixel is unpacked: a small file may hold a huge picture."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as opened:
            pixels = opened.size[0] * opened.size[1]
    except Image.DecompressionBombError:
        pixels = MOST_PIXELS + 1
    except (OSError, ValueError, SyntaxError):
        raise UnreadableError(f"{name} : ce n’est pas une image lisible. Envoyez une photo JPEG ou PNG, ou un PDF.") from None
    if not LEAST_PIXELS <= pixels <= MOST_PIXELS:
        wrong = "trop petite" if pixels < LEAST_PIXELS else "trop grande"
        raise UnreadableError(f"{name} : image {wrong}. Reprenez la photo : une page entière, de près.")


def _pdf_pages(pdfium: Any, data: bytes, name: str, most_pages: int) -> Iterator[Gray]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        raise UnreadableError(f"{name} : ce PDF ne s’ouvre pas.") from None
    try:
        if len(document) > most_pages:
            raise UnreadableError(f"{name} : {len(document)} pages. Envoyez {most_pages} pages au plus à la fois.")
        for page in document:
            width, height = page.get_size()
            if not 72 <= min(width, height) <= max(width, height) <= 3000:
                raise UnreadableError(f"{name} : une page de ce PDF n’a pas la taille d’une feuille.")
            # 200 dots an inch of an A4 sheet, whatever size the scanner declared.
            pixels = page.render(scale=2340 / max(width, height), grayscale=True).to_numpy()
            yield np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))
    finally:
        document.close()


def _reduced(cv2: Any, image: Gray) -> Gray:
    longest = max(image.shape)
    if longest <= LONGEST_SIDE:
        return image
    ratio = LONGEST_SIDE / longest
    reduced: Gray = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    return reduced


def place(image: Gray) -> Page:
    """Finds the page in a gray picture and straightens it. Raises UnreadableError, in words for a person."""
    cv2, zxing, _pdfium = _libraries()
    label, corners = _code(zxing, image)
    target = np.array(layout.marks(), dtype=np.float32) * PER_MM
    expected = np.array(layout.qr_corners(), dtype=np.float32)
    best, transform = SHIFT_MM, None
    for centres in _corner_marks(cv2, image, corners):
        tried = cv2.getPerspectiveTransform(centres, target)
        shift = float(np.abs(cv2.perspectiveTransform(corners[None], tried)[0] / PER_MM - expected).max())
        if shift < best:
            best, transform = shift, tried
    if transform is None:
        raise UnreadableError("La page est trop pliée ou un coin noir est caché. Posez la feuille à plat et reprenez la photo.")
    size = (round(layout.WIDTH * PER_MM), round(layout.HEIGHT * PER_MM))
    straight = cv2.warpPerspective(image, transform, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return Page(label, straight)


def _code(zxing: Any, image: Gray) -> tuple[Label, Floats]:
    """The label of the page and the corners of its QR code in the picture (4, 2)."""
    found = zxing.read_barcodes(image, formats=zxing.BarcodeFormat.QRCode)
    ours = []
    for code in found:
        label = layout.read_label(code.text)
        if label is not None:
            spot = code.position
            ours.append((label, [(p.x, p.y) for p in (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)]))
    if not ours:
        raise UnreadableError(
            "Aucun bulletin reconnu : le carré noir et blanc du haut n’est pas lisible. Reprenez la photo ou tapez ce bulletin."
        )
    if len(ours) > 1:
        raise UnreadableError("Plusieurs bulletins sur la même image. Faites une photo par feuille.")
    return ours[0][0], np.array(ours[0][1], dtype=np.float32)


def _corner_marks(cv2: Any, image: Gray, corners: Floats) -> Iterator[Floats]:
    """Centres of four squares in the picture that may be the corners of the page (4, 2), every way of choosing them.

    The QR code says where the page is, but too roughly for its far corners: the caller keeps what agrees with the code.
    """
    flat = np.column_stack([np.array(layout.qr_corners()), np.ones(4)])
    affine, *_rest = np.linalg.lstsq(flat, corners, rcond=None)
    rough = np.column_stack([np.array(layout.marks()), np.ones(4)]) @ affine
    side = layout.MARK * float(np.sqrt(abs(np.linalg.det(affine[:2]))))
    squares = _squares(cv2, image, side)
    chosen: list[NDArray[np.float32]] = []
    for x, y in rough:
        distance = np.hypot(squares[:, 0] - x, squares[:, 1] - y)
        reach = side + FAR * float(np.hypot(*(corners.mean(axis=0) - (x, y))))
        chosen.append(squares[np.argsort(distance)[: int((distance < reach).sum())]][:CHOICES])
    if not all(len(of_corner) for of_corner in chosen):
        raise UnreadableError("Les quatre carrés noirs des coins ne sont pas tous visibles. Cadrez toute la feuille et reprenez la photo.")
    for four in product(*chosen):
        centres = np.array(four, dtype=np.float32)
        if cv2.isContourConvex(centres.reshape(-1, 1, 2)):
            yield centres


def _squares(cv2: Any, image: Gray, side: float) -> Floats:
    """Centres of the solid dark squares of about `side` pixels (n, 2)."""
    window = round(2.2 * side) | 1
    dark = cv2.adaptiveThreshold(image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(window, 3), 12)
    contours, _tree = cv2.findContours(dark, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    rows = []
    for contour in contours:
        area = cv2.contourArea(contour)
        if not (0.5 * side) ** 2 < area < (2 * side) ** 2:
            continue
        hull = cv2.convexHull(contour)
        (_x, _y), (width, height), _angle = cv2.minAreaRect(hull)
        if min(width, height) < 0.5 * max(width, height) or cv2.contourArea(hull) < 0.84 * width * height:
            continue
        left, top, wide, high = cv2.boundingRect(hull)
        inside = np.zeros((high, wide), np.uint8)
        cv2.fillConvexPoly(inside, hull - (left, top), 1)
        if float(dark[top : top + high, left : left + wide][inside == 1].mean()) < 0.88 * 255:
            continue
        moments = cv2.moments(hull)
        rows.append((moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]))
    return np.array(rows, dtype=np.float32).reshape(-1, 2)


def read_cells(page: Page, rows: int) -> list[Cell]:
    """Every circle of a page of `rows` statements. Raises UnreadableError for a picture too pale to tell ink from paper."""
    cv2, _zxing, _pdfium = _libraries()
    even = _without_shadow(cv2, page.image)
    black = _mark_level(even)
    if black > 1 - MARK_CONTRAST:
        raise UnreadableError("L’image est trop pâle ou trop floue. Reprenez la photo à la lumière, sans flash.")
    ink = np.clip((1 - even) / (1 - black), 0, 1)
    ring = _template(cv2)
    measured = [_measure(cv2, ink, ring, circle) for circle in layout.circles(rows)]
    # Grain and the shade of the paper weigh on every circle alike; two circles of three at least are empty on an honest page.
    ground = min(float(np.percentile([level for _ring, level, _around in measured], 25)), INK_EMPTY)
    paper = min(float(np.percentile([around for _ring, _level, around in measured], 25)), INK_AROUND)
    return [
        Cell(circle, _state(found, max(0.0, level - ground)), max(0.0, level - ground), found, max(0.0, around - paper))
        for circle, (found, level, around) in zip(layout.circles(rows), measured, strict=True)
    ]


def _state(ring: float, ink: float) -> str:
    if ring < RING_AT_LEAST:
        return DOUBTFUL
    return EMPTY if ink < INK_EMPTY else MARKED if ink > INK_MARKED else DOUBTFUL


def _without_shadow(cv2: Any, image: Gray) -> Floats:
    """The page divided by the light it received: paper near 1, ink below. The light is what remains when thin dark things are closed."""
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    side = round(11 * PER_MM / 4) | 1  # wider than a filled circle and than a corner square
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    light = cv2.GaussianBlur(light, (0, 0), 2)
    light = cv2.resize(light, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    even: Floats = np.clip(image.astype(np.float32) / np.maximum(light.astype(np.float32), 1), 0, 1)
    return even


def _mark_level(even: Floats) -> float:
    """How dark printed black is on this page: the middle of the palest corner square."""
    half = layout.MARK / 4
    levels = [
        float(
            np.median(
                even[round((y - half) * PER_MM) : round((y + half) * PER_MM), round((x - half) * PER_MM) : round((x + half) * PER_MM)]
            )
        )
        for x, y in layout.marks()
    ]
    return max(levels)


def _template(cv2: Any) -> Floats:
    """A printed circle as it looks on the straightened page."""
    half = round((layout.RADIUS + 0.9) * PER_MM)
    drawn = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    radius, width = layout.RADIUS * PER_MM, layout.STROKE * PER_MM
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    drawn[np.abs(np.hypot(x, y) - radius) <= width / 2] = 1
    blurred: Floats = cv2.GaussianBlur(drawn, (0, 0), 1.2)
    return blurred


@cache
def _between(least: float, most: float) -> NDArray[np.bool_]:
    """The dots between two distances from the middle of a square, in millimetres."""
    half = round(most * PER_MM)
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    far = np.hypot(x, y)
    return np.asarray((far <= half) & (far >= least * PER_MM))


def _mean(ink: Floats, x: int, y: int, dots: NDArray[np.bool_]) -> float:
    half = dots.shape[0] // 2
    return float(ink[y - half : y + half + 1, x - half : x + half + 1][dots].mean())


def _measure(cv2: Any, ink: Floats, ring: Floats, circle: Circle) -> tuple[float, float, float]:
    """(correlation of the best place of the printed circle, mean ink inside it there, mean ink around it)."""
    centre_x, centre_y, reach = round(circle.x * PER_MM), round(circle.y * PER_MM), round(SEARCH_MM * PER_MM)
    half = ring.shape[0] // 2 + reach
    window = ink[centre_y - half : centre_y + half + 1, centre_x - half : centre_x + half + 1]
    # Outside and on the line only: a cross or a filled disc inside must not hide the line.
    score = cv2.matchTemplate(window, ring, cv2.TM_CCOEFF_NORMED, mask=_outer(ring.shape[0]))
    score = np.nan_to_num(score, nan=-1.0, posinf=-1.0, neginf=-1.0)
    y, x = np.unravel_index(int(score.argmax()), score.shape)
    at_x, at_y = centre_x - reach + int(x), centre_y - reach + int(y)
    return float(score[y, x]), _mean(ink, at_x, at_y, _between(0, INNER_MM)), _mean(ink, at_x, at_y, _between(*AROUND_MM))


@cache
def _outer(side: int) -> Floats:
    half = side // 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    return np.asarray(np.hypot(x, y) >= (layout.RADIUS - 0.6) * PER_MM, dtype=np.float32)


def decide(cells: Sequence[Cell]) -> list[Row]:
    """The vote of each statement. Two marks, a doubtful circle, or ink beside empty circles, and the row is doubtful.

    Three empty circles on clean paper are a blank.
    """
    rows = []
    for number in sorted({cell.circle.row for cell in cells}):
        of_row = [cell for cell in cells if cell.circle.row == number]
        marked = [cell.circle.vote for cell in of_row if cell.state == MARKED]
        missed = not marked and any(cell.around > INK_AROUND for cell in of_row)
        doubtful = len(marked) > 1 or missed or any(cell.state == DOUBTFUL for cell in of_row)
        rows.append(Row(number, None if doubtful or not marked else marked[0], doubtful))
    return rows


def cut(page: Page, row: int) -> bytes:
    """The image of the three circles of a statement, as PNG, for the person who looks."""
    cv2, _zxing, _pdfium = _libraries()
    middle = layout.FIRST_ROW + (row + 0.5) * layout.ROW_HEIGHT
    left, right = layout.COLUMNS[0][1] - 2 * CUT_MM, layout.COLUMNS[-1][1] + 2 * CUT_MM
    top, bottom = middle - layout.ROW_HEIGHT / 2, middle + layout.ROW_HEIGHT / 2
    part = page.image[round(top * PER_MM) : round(bottom * PER_MM), round(left * PER_MM) : round(right * PER_MM)]
    done, encoded = cv2.imencode(".png", part)
    if not done:
        raise UnreadableError("L’image de ce bulletin ne peut pas être préparée. Tapez ce bulletin.")
    return bytes(encoded.tobytes())
