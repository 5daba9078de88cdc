"""QTI 3.0 packages of 1EdTech: a zip of one XML file per question, its drawings and a manifest; written and read back without loss.

QTI has a place for the question, its answers, its explanation and what a voice should say; level, topics and parameters travel in the
metadata of each resource, in a namespace of our own.
"""

from __future__ import annotations

import io
import json
import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yole.assessment.bank.exchange import FORM, extra, identifier, rebuild
from yole.assessment.bank.files import LIMIT, Imported
from yole.assessment.bank.model import Item, Option, Picture
from yole.kernel.errors import InputError
from yole.kernel.files import BAD_ZIP, read_bytes

ITEM_NS = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE_NS = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
OWN_NS = "urn:yole:item:1"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMAS = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd"
_RESOURCE = "imsqti_item_xmlv3p0"
# A fixed hour: the same bank gives the same bytes.
_WHEN = (2026, 1, 1, 0, 0, 0)
_MANY_FILES = 20_000


def write_qti(items: Iterable[Item], drawings: Path) -> tuple[bytes, list[str]]:
    """(zip of a QTI 3.0 package, identifiers left out): tasks have no QTI form here. Drawings are read in the folder `drawings`.

    Raises InputError on an identifier that cannot name a file, or a drawing that is not there.
    """
    kept: list[Item] = []
    left_out: list[str] = []
    for item in items:
        if item.kind == "task":
            left_out.append(item.id)
        elif FORM.fullmatch(item.id):
            kept.append(item)
        else:
            raise InputError("identifiant impossible", found=item.id, expected="des minuscules, des chiffres et des tirets")
    pictures = sorted({picture.src for item in kept for picture in item.pictures})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "imsmanifest.xml", _manifest(kept))
        for item in kept:
            _put(archive, f"items/{item.id}.xml", _item(item))
        for src in pictures:
            _put(archive, f"drawings/{src}", read_bytes(drawings / src))
    return packed.getvalue(), left_out


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _xml(root: ET.Element) -> bytes:
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(ET.tostring(root, encoding="utf-8")) + b"\n"


def _sub(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, {key.replace("_", "-"): value for key, value in attributes.items()})
    child.text = text
    return child


def _manifest(items: list[Item]) -> bytes:
    root = ET.Element(
        "manifest",
        {
            "xmlns": PACKAGE_NS,
            "xmlns:xsi": _XSI,
            "xmlns:yole": OWN_NS,
            "xsi:schemaLocation": f"{PACKAGE_NS} {_SCHEMAS}/imsqtiv3p0_imscpv1p2_v1p0.xsd",
            "identifier": "yole-questions",
        },
    )
    metadata = _sub(root, "metadata")
    _sub(metadata, "schema", "QTI Package")
    _sub(metadata, "schemaversion", "3.0.0")
    _sub(root, "organizations")
    resources = _sub(root, "resources")
    for item in items:
        href = f"items/{item.id}.xml"
        resource = _sub(resources, "resource", identifier=f"item-{item.id}", type=_RESOURCE, href=href)
        parameters = {} if item.level is None else {"a": f"{item.a:.6g}", "b": f"{item.b:.6g}"}
        ET.SubElement(_sub(resource, "metadata"), "yole:item", parameters).text = json.dumps(
            extra(item), ensure_ascii=False, sort_keys=True
        )
        for path in (href, *sorted({f"drawings/{picture.src}" for picture in item.pictures})):
            _sub(resource, "file", href=path)
    return _xml(root)


def _item(item: Item) -> bytes:
    multi = item.kind == "multi"
    root = ET.Element(
        "qti-assessment-item",
        {
            "xmlns": ITEM_NS,
            "xmlns:xsi": _XSI,
            "xsi:schemaLocation": f"{ITEM_NS} {_SCHEMAS}/imsqti_asiv3p0_v1p0.xsd",
            "identifier": item.id,
            "title": item.id,
            "adaptive": "false",
            "time-dependent": "false",
            "xml:lang": item.lang,
        },
    )
    cardinality = "multiple" if multi else "single"
    response = _sub(root, "qti-response-declaration", identifier="RESPONSE", cardinality=cardinality, base_type="identifier")
    correct = _sub(response, "qti-correct-response")
    for option in item.options:
        if option.right:
            _sub(correct, "qti-value", option.id)
    score = _sub(root, "qti-outcome-declaration", identifier="SCORE", cardinality="single", base_type="float")
    _sub(_sub(score, "qti-default-value"), "qti-value", "0")
    _sub(root, "qti-outcome-declaration", identifier="FEEDBACK", cardinality="single", base_type="identifier")
    said = any(option.feedback for option in item.options)
    if said:
        _sub(root, "qti-outcome-declaration", identifier="CHOSEN", cardinality=cardinality, base_type="identifier")
    body = _sub(root, "qti-item-body")
    if item.picture:
        _picture(_sub(body, "p"), item.picture)
    most = str(len(item.right)) if multi else "1"
    choices = _sub(body, "qti-choice-interaction", response_identifier="RESPONSE", max_choices=most, shuffle="false")
    prompt = _sub(choices, "qti-prompt", item.text)
    spoken: list[tuple[str, str]] = []
    if item.spoken:
        prompt.set("data-catalog-idref", "said-question")
        spoken.append(("said-question", item.spoken))
    for option in item.options:
        choice = _sub(choices, "qti-simple-choice", identifier=option.id)
        _choice(choice, option)
        if option.spoken:
            choice.set("data-catalog-idref", f"said-{option.id}")
            spoken.append((f"said-{option.id}", option.spoken))
    if spoken:
        catalog = _sub(root, "qti-catalog-info")
        for name, text in spoken:
            card = _sub(_sub(catalog, "qti-catalog", id=name), "qti-card", support="spoken")
            _sub(_sub(card, "qti-html-content"), "span", text)
    _processing(root, said=said)
    if item.feedback:
        modal = _sub(root, "qti-modal-feedback", outcome_identifier="FEEDBACK", identifier="explanation", show_hide="show")
        _sub(_sub(modal, "qti-content-body"), "p", item.feedback)
    return _xml(root)


def _picture(parent: ET.Element, picture: Picture) -> ET.Element:
    return _sub(parent, "img", src=f"../drawings/{picture.src}", alt=picture.alt)


def _choice(choice: ET.Element, option: Option) -> None:
    if option.picture:
        _picture(choice, option.picture)
    _sub(choice, "span", option.text)
    if option.feedback:
        _sub(choice, "qti-feedback-inline", option.feedback, outcome_identifier="CHOSEN", identifier=option.id, show_hide="show")


def _processing(root: ET.Element, *, said: bool) -> None:
    processing = _sub(root, "qti-response-processing")
    condition = _sub(processing, "qti-response-condition")
    right = _sub(condition, "qti-response-if")
    match = _sub(right, "qti-match")
    _sub(match, "qti-variable", identifier="RESPONSE")
    _sub(match, "qti-correct", identifier="RESPONSE")
    for branch, value in ((right, "1"), (_sub(condition, "qti-response-else"), "0")):
        _sub(_sub(branch, "qti-set-outcome-value", identifier="SCORE"), "qti-base-value", value, base_type="float")
    told = _sub(processing, "qti-set-outcome-value", identifier="FEEDBACK")
    _sub(told, "qti-base-value", "explanation", base_type="identifier")
    if said:
        _sub(_sub(processing, "qti-set-outcome-value", identifier="CHOSEN"), "qti-variable", identifier="RESPONSE")


def read_qti(path: Path | str) -> Imported:
    """Reads a QTI 3.0 package. Raises InputError: not a zip, no manifest, over 50 MB unpacked, a path that leaves the package, XML with
    entities; a question that is not understood is among `refused`, by file and line."""
    return parse_qti(read_bytes(path, limit=LIMIT), str(path))


def parse_qti(data: bytes, name: str) -> Imported:
    """`read_qti` on bytes."""
    files = _unpack(data, name)
    manifest_name = next((path for path in sorted(files, key=len) if posixpath.basename(path) == "imsmanifest.xml"), None)
    if manifest_name is None:
        raise InputError("paquet sans manifeste", file=name, expected="un fichier imsmanifest.xml")
    manifest = _parse(files[manifest_name], f"{name}/{manifest_name}")
    items: list[Item] = []
    refused: list[InputError] = []
    notes: list[str] = []
    taken: set[str] = set()
    for href, carried in _resources(manifest, f"{name}/{manifest_name}"):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(manifest_name), href))
        place = f"{name}/{path}"
        try:
            if path not in files:
                raise InputError("question annoncée et absente du paquet", file=place, expected="un fichier par question")
            item = _read_item(files[path], place, carried, taken, len(items) + len(refused) + 1)
        except InputError as error:
            refused.append(error)
            continue
        if carried is None:
            notes.append(f"question « {item.id} » : brouillon, niveau et thème à donner")
        items.append(item)
    if not items and not refused:
        raise InputError("aucune question", file=name, expected=f"des ressources de type {_RESOURCE}")
    return Imported(tuple(items), tuple(refused), tuple(notes))


def _unpack(data: bytes, name: str) -> dict[str, bytes]:
    """The XML files of the package by path; sizes are counted on what is really unpacked."""
    files: dict[str, bytes] = {}
    left = LIMIT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > _MANY_FILES:
                raise InputError("trop de fichiers", file=name, found=len(entries), expected=f"au plus {_MANY_FILES}")
            for entry in entries:
                path = posixpath.normpath(entry.filename.replace("\\", "/"))
                if path.startswith(("../", "/")) or path == ".." or ":" in path.split("/")[0]:
                    raise InputError("chemin hors du paquet", file=name, found=entry.filename, expected="des chemins relatifs")
                with archive.open(entry) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise InputError("paquet trop grand une fois ouvert", file=name, expected=f"au plus {LIMIT // (1024 * 1024)} Mo")
                if path.endswith(".xml"):
                    files[path] = content
    except BAD_ZIP as error:
        raise InputError(f"archive illisible ({error.__class__.__name__})", file=name, expected="un paquet QTI 3.0 au format zip") from None
    except (ValueError, zipfile.LargeZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"archive illisible ({error.__class__.__name__})", file=name, expected="un paquet QTI 3.0 au format zip") from None
    return files


def _parse(content: bytes, place: str) -> ET.Element:
    try:
        root: ET.Element = fromstring(content, forbid_dtd=True)
    except ET.ParseError as error:
        raise InputError("XML illisible", file=place, row=error.position[0], expected="un fichier XML bien formé") from None
    except (DefusedXmlException, ValueError, LookupError):
        raise InputError("XML refusé", file=place, expected="un fichier UTF-8 sans DTD ni entité") from None
    return root


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(root: ET.Element, name: str) -> Iterator[ET.Element]:
    return (element for element in root.iter() if _name(element) == name)


def _words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _resources(manifest: ET.Element, place: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """(path, what was carried or None) of each question of the manifest."""
    for resource in _all(manifest, "resource"):
        kind = resource.get("type", "")
        if kind.startswith(("imsqti_item_xmlv2", "imsqti_item_xmlv1")):
            raise InputError("paquet QTI d’une version ancienne", file=place, found=kind, expected=_RESOURCE)
        if kind != _RESOURCE:
            continue
        carried = None
        for element in resource.iter(f"{{{OWN_NS}}}item"):
            try:
                carried = json.loads(element.text or "")
            except (json.JSONDecodeError, RecursionError):
                carried = None
            if not isinstance(carried, dict):
                raise InputError("métadonnées « yole:item » illisibles", file=place, found=element.text or "", expected="un objet JSON")
        yield resource.get("href", ""), carried


def _read_item(content: bytes, place: str, carried: dict[str, Any] | None, taken: set[str], row: int) -> Item:
    root = _parse(content, place)
    if _name(root) != "qti-assessment-item":
        raise InputError("ce fichier n’est pas une question QTI 3.0", file=place, found=_name(root), expected="qti-assessment-item")
    interactions = [element for element in root.iter() if _name(element).endswith("-interaction")]
    if len(interactions) != 1 or _name(interactions[0]) != "qti-choice-interaction":
        shown = ", ".join(_name(element) for element in interactions) or "rien"
        raise InputError("sorte de question non prise en charge", file=place, found=shown, expected="un seul qti-choice-interaction")
    choices = interactions[0]
    declared = choices.get("response-identifier", "RESPONSE")
    response = next((e for e in _all(root, "qti-response-declaration") if e.get("identifier") == declared), None)
    if response is None:
        raise InputError("réponse non déclarée", file=place, found=declared, expected="qti-response-declaration")
    correct = {_words(value) for block in _all(response, "qti-correct-response") for value in _all(block, "qti-value")}
    spoken = {
        entry.get("id", ""): _words(card)
        for entry in _all(root, "qti-catalog")
        for card in _all(entry, "qti-card")
        if card.get("support") == "spoken"
    }
    options = [_read_choice(choice, correct, spoken) for choice in _all(choices, "qti-simple-choice")]
    prompt = next(_all(choices, "qti-prompt"), None)
    body = next(_all(root, "qti-item-body"), root)
    before = [_words(element) for element in body if element is not choices and _name(element) != "qti-choice-interaction"]
    text = " ".join(part for part in (*before, _words(prompt) if prompt is not None else "") if part)
    modal = [_words(element) for element in _all(root, "qti-modal-feedback")]
    title = root.get("identifier", "")
    item_id = identifier(str((carried or {}).get("id") or title), text, taken)
    beside: dict[str, Any] = dict(carried) if carried is not None else {"lang": root.get(_LANG, "fr")[:2]}
    if carried is None and (image := next((e for e in _all(body, "img")), None)) is not None:
        beside["stem"] = {"image": {"src": posixpath.basename(image.get("src", "")), "alt": image.get("alt", "")}}
    if prompt is not None and (said := spoken.get(prompt.get("data-catalog-idref", ""))):
        stem = beside.get("stem")
        beside["stem"] = {**(stem if isinstance(stem, dict) else {}), "spoken": said}
    many = response.get("cardinality") == "multiple"
    return rebuild(
        beside,
        item_id=item_id,
        kind="multi" if many else "choice",
        text=text,
        options=options,
        feedback=" ".join(modal),
        category="",
        file=place,
        row=row,
    )


def _read_choice(choice: ET.Element, correct: set[str], spoken: dict[str, str]) -> dict[str, Any]:
    inline = list(_all(choice, "qti-feedback-inline"))
    said = " ".join(_words(element) for element in inline)
    for element in inline:
        for child in list(element):
            element.remove(child)
        element.text = None
    name = choice.get("identifier", "")
    option: dict[str, Any] = {"id": name, "text": _words(choice), "score": int(name in correct)}
    if said:
        option["feedback"] = said
    if voice := spoken.get(choice.get("data-catalog-idref", "")):
        option["spoken"] = voice
    return option
