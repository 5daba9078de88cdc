"""PNG, SVG, QR text: written, replaced, read back; noise and bombs refused."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from tests.passport import passports as samples
from tests.passport.passports import read_back
from yole.passport.engine import containers, pictures, png, proofs, qr, svg
from yole.passport.engine.faults import FaultError, NotFoundError, UnreadableError

SOUND = samples.issued()
SECOND = samples.issued(samples.award(level="vert"))
PNG = pictures.plain_png()
SVG = pictures.plain_svg("Niveau orange")
TEXT = containers.compact_json(SOUND)


def test_our_pictures_are_pictures() -> None:
    image = Image.open(io.BytesIO(pictures.plain_png((200, 90, 0)))).convert("RGBA")
    assert image.size == (256, 256)
    assert image.getpixel((0, 0))[3] == 0
    assert image.getpixel((128, 20)) == (200, 90, 0, 255)
    assert image.getpixel((110, 150)) == (255, 255, 255, 255)
    title = etree.fromstring(pictures.plain_svg("<a> & « b »")).find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == "<a> & « b »"
    assert pictures.colour_of(" Orange ") != pictures.colour_of("inconnu") == pictures.PLAIN


def test_every_container_gives_the_credential_back() -> None:
    assert read_back(samples.as_json(SOUND)) == SOUND
    assert read_back(containers.bake_png(PNG, SOUND)) == SOUND
    assert read_back(containers.bake_svg(SVG, SOUND)) == SOUND
    assert read_back(containers.qr_text(SOUND).encode()) == SOUND
    assert read_back(b"\xef\xbb\xbf \n" + samples.as_json(SOUND)) == SOUND
    assert read_back(containers.qr_text(SOUND).encode() + b"\r\n") == SOUND


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    return [(kind, content) for kind, content, _, _ in png._chunks(data)]


def test_a_png_holds_one_chunk_before_its_data_and_still_opens() -> None:
    baked = containers.bake_png(containers.bake_png(PNG, SECOND), SOUND)
    kinds = [kind for kind, _ in chunks(baked)]
    assert kinds == [b"IHDR", b"PLTE", b"tRNS", b"iTXt", b"IDAT", b"IEND"]
    assert chunks(baked)[3][1].startswith(b"openbadgecredential\0\0\0\0\0{")
    assert Image.open(io.BytesIO(baked)).tobytes() == Image.open(io.BytesIO(PNG)).tobytes()
    assert Image.open(io.BytesIO(baked)).text["openbadgecredential"].encode() == TEXT
    assert baked == containers.bake_png(PNG, SOUND)


def with_chunk(content: bytes, kind: bytes = b"iTXt", times: int = 1) -> bytes:
    return PNG[:33] + png.chunk(kind, content) * times + PNG[33:]


def test_what_is_read_in_a_png() -> None:
    packed = b"openbadgecredential\0\1\0fr\0attestation\0" + zlib.compress(TEXT)
    assert read_back(with_chunk(packed)) == SOUND
    assert read_back(containers.bake_png(PNG, SOUND)[:-30]) == SOUND  # cut after the text


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, NotFoundError),
        (PNG[:20], NotFoundError),
        (with_chunk(b"openbadges\0\0\0\0\0" + TEXT), NotFoundError),
        (with_chunk(b"openbadgecredential\0" + TEXT, b"tEXt"), NotFoundError),
        (with_chunk(b"openbadgecredential\0\0\0\0\0" + TEXT, times=2), UnreadableError),
        (with_chunk(b"openbadgecredential"), UnreadableError),
        (with_chunk(b"openbadgecredential\0\1\0\0\0rien"), UnreadableError),
        (with_chunk(b"openbadgecredential\0\1\0\0\0" + zlib.compress(bytes(50_000_000))), UnreadableError),
        (with_chunk(b"openbadgecredential\0\1\0\0\0" + zlib.compress(TEXT)[:-2]), UnreadableError),
        (png.SIGNATURE + struct.pack(">I", 0xFFFFFFFF) + b"iTXt" + TEXT, NotFoundError),
        (with_chunk(b"openbadgecredential\0\0\0\0\0\xff\xfe"), UnreadableError),
    ],
)
def test_what_is_not_read_in_a_png(data: bytes, kind: type[FaultError]) -> None:
    with pytest.raises(kind):
        containers.unpack(data)


def test_an_svg_holds_the_credential_first_and_once() -> None:
    baked = containers.bake_svg(containers.bake_svg(SVG, SECOND), SOUND)
    root = etree.fromstring(baked)
    assert root.nsmap["openbadges"] == svg.NAMESPACE
    assert [etree.QName(child).localname for child in root] == ["credential", "title", "circle", "g"]
    assert baked == containers.bake_svg(SVG, SOUND)
    assert b"<![CDATA[" in baked
    assert b"]]\\u003e" in baked  # the sample's description holds ]]>
    assert baked.replace(b"<openbadges:credential>", b"\0").split(b"\0")[0].endswith(b">")


TEXT_SVG = escape(TEXT.decode())
HEAD = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:ob="{svg.NAMESPACE}">'


@pytest.mark.parametrize(
    "document",
    [
        f"{HEAD}<ob:credential>{TEXT_SVG}</ob:credential></svg>",
        f"<?xml version='1.0'?><!-- x -->{HEAD}<g><desc/><ob:credential>\n {TEXT_SVG}\n</ob:credential></g></svg>",
        f'<svg><credential xmlns="{svg.NAMESPACE}">{TEXT_SVG}</credential></svg>',
        f"{HEAD}<ob:credential><![CDATA[{TEXT.decode().replace(']]>', ']]]]><![CDATA[>')}]]></ob:credential></svg>",
    ],
)
def test_other_writings_of_an_svg(document: str) -> None:
    assert read_back(document.encode()) == SOUND


ENTITY = f'<!DOCTYPE svg [<!ENTITY a "{"x" * 100}">]>'


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (SVG, NotFoundError),
        (b"<svg", UnreadableError),
        (b"<html/>", NotFoundError),
        (f"{ENTITY}{HEAD}<ob:credential>&a;</ob:credential></svg>".encode(), UnreadableError),
        (b"<!DOCTYPE svg><svg/>", UnreadableError),
        (f"{HEAD}<ob:credential>{TEXT_SVG}</ob:credential><ob:credential>{TEXT_SVG}</ob:credential></svg>".encode(), UnreadableError),
        (f"{HEAD}<ob:credential/></svg>".encode(), UnreadableError),
        (f'{HEAD}<ob:credential xmlns:ob="https://ailleurs.example">{TEXT_SVG}</ob:credential></svg>'.encode(), NotFoundError),
        (b"<a>" * 100_000, UnreadableError),
        (b'<?xml version="1.0" encoding="inconnu"?><svg/>', UnreadableError),
    ],
)
def test_what_is_not_read_in_an_svg(document: bytes, kind: type[FaultError]) -> None:
    with pytest.raises(kind):
        containers.unpack(document)


@pytest.mark.parametrize(
    "picture",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?><!-- <svg> --><s:svg xmlns:s="http://www.w3.org/2000/svg" a="x>y" ></s:svg>',
        b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:openbadges='https://ailleurs.example'>\xc3\xa9</svg>",
        b'<svg xmlns="http://www.w3.org/2000/svg">'
        + f'<g xmlns:b="{svg.NAMESPACE}"><b:credential verify="a.b.c"/><b:credential/><b:credential></b:credential></g></svg>'.encode(),
    ],
)
def test_pictures_of_others_are_baked_too(picture: bytes) -> None:
    baked = containers.bake_svg(picture, SOUND)
    assert read_back(baked) == SOUND
    assert read_back(containers.bake_svg(baked, SECOND)) == SECOND


def test_what_cannot_be_baked() -> None:
    for picture in (b"<svg/>", b"texte", ENTITY.encode() + SVG, b'<?xml version="1.0" encoding="ISO-8859-1"?>' + SVG):
        with pytest.raises(UnreadableError):
            containers.bake_svg(picture, SOUND)
    for picture in (b"GIF89a", PNG[:-12], PNG[:60], png.SIGNATURE):
        with pytest.raises(UnreadableError):
            containers.bake_png(picture, SOUND)


def test_a_token_in_a_picture_is_told() -> None:
    for data in (with_chunk(b"openbadgecredential\0\0\0\0\0aaa.bbb.ccc"), f'{HEAD}<ob:credential verify="aaa.bbb.ccc"/></svg>'.encode()):
        held = containers.unpack(data)
        assert held.document is None
        assert held.refusal is not None


def test_base45_examples_of_the_rfc() -> None:
    for data, text in ((b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")):
        assert qr.encode45(data) == text
        assert qr.decode45(text) == data
    for text in ("GGW", ":::", "A", "::", "é"):
        with pytest.raises(ValueError, match=r"."):
            qr.decode45(text)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_base45_round_trip(data: bytes) -> None:
    assert qr.decode45(qr.encode45(data)) == data


@pytest.mark.parametrize(
    "text", ["YP1:", "YP1:BB8", "YP1:" + qr.encode45(zlib.compress(bytes(50_000_000))), "YP1:" + qr.encode45(zlib.compress(TEXT)[:-3])]
)
def test_qr_texts_that_are_not_read(text: str) -> None:
    with pytest.raises(FaultError):
        containers.unpack(text.encode())


def test_a_qr_image_is_read_back_by_another_program_and_verifies() -> None:
    for suites in (proofs.SUITES, (proofs.JCS,)):
        text = containers.qr_text(SOUND, suites)
        assert set(text) <= set(qr.ALPHABET)
        code = segno.make_qr(text, error="m")
        assert code.mode == "alphanumeric"
        out = io.BytesIO()
        code.save(out, kind="png", scale=4, border=4)
        found = zxingcpp.read_barcodes(Image.open(out).convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
        assert [item.text for item in found] == [text]
        verdict = samples.judged(read_back(found[0].text.encode()))
        assert verdict.sound
        assert [proof.cryptosuite for proof in verdict.proofs] == list(suites)


documents = st.fixed_dictionaries(
    {"type": st.just(["VerifiableCredential"]), "proof": st.just([]), "x": st.text() | st.lists(st.text(max_size=5), max_size=3)}
)


@settings(max_examples=60, deadline=None)
@given(documents)
def test_any_text_survives_every_container(document: dict[str, Any]) -> None:
    assert read_back(containers.bake_png(PNG, document)) == document
    assert read_back(containers.bake_svg(SVG, document)) == document
    assert read_back(containers.qr_text(document).encode()) == document


BAKED = [containers.bake_png(PNG, SOUND), containers.bake_svg(SVG, SOUND), containers.qr_text(SOUND).encode(), samples.as_json(SOUND)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(BAKED), st.data())
def test_damaged_files_are_refused_or_read(data: bytes, draw: st.DataObject) -> None:
    """Cut, with bytes changed, inserted or repeated: never anything but a fault or a value."""
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        position = draw.draw(st.integers(0, max(len(damaged) - 1, 0)))
        action = draw.draw(st.sampled_from(["cut", "change", "insert", "repeat"]))
        if action == "cut":
            del damaged[position:]
        elif action == "change" and damaged:
            damaged[position] = draw.draw(st.integers(0, 255))
        elif action == "insert":
            damaged[position:position] = draw.draw(st.binary(max_size=8))
        else:
            damaged[position:position] = damaged[position : position + 200]
    with suppress(FaultError):
        held = containers.unpack(bytes(damaged))
        if held.document is not None:
            samples.judged(held.document)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([b"", png.SIGNATURE, b"<svg>", b"YP1:", b"{"]), st.binary(max_size=400))
def test_noise_is_never_a_traceback(start: bytes, noise: bytes) -> None:
    with suppress(FaultError):
        containers.unpack(start + noise)
