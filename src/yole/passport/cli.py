"""`yole passport …`. Needs neither Django nor the database; PyLD is imported only when a statement proof is made or checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, note, print_json, room_commands, to_json, write_output
from yole.kernel.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from yole.passport.engine.verification import Verdict

app = room_commands("Passeport numérique : délivrer et vérifier une attestation, sans réseau.")

KeyFile = Annotated[Path, typer.Option("--key", metavar="KEY.json", help="Clé de l’émetteur, avec son secret.")]


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC).replace(microsecond=0)


def _moment(text: str | None, option: str) -> datetime:
    from yole.passport.engine.faults import FaultError
    from yole.passport.engine.instants import read_moment

    if text is None:
        return _now()
    try:
        return read_moment(text)
    except FaultError:
        raise InputError(
            f"valeur impossible pour « {option} »", found=text, expected="une date (2026-11-22) ou une date avec heure et décalage"
        ) from None


@app.command(help="Vérifie une attestation : signatures de l’émetteur, dates, liste d’état. Rien n’est demandé au réseau.")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Attestation : JSON, PNG ou SVG qui en contient une, texte d’un QR.")],
    did_document: Annotated[
        Path | None, typer.Option("--did-document", metavar="DID.json", help="Document did.json de l’émetteur, ou sa clé publique.")
    ] = None,
    status_list: Annotated[
        list[Path] | None, typer.Option("--status-list", metavar="LIST.json", help="Liste d’état de l’émetteur ; peut être répétée.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="DATE", help="Instant du jugement ; maintenant par défaut.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Identifiant ou adresse que l’attestation doit nommer.")] = None,
    as_json: AsJson = False,
) -> None:
    from yole.passport import contexts, files
    from yole.passport.engine import verification

    moment = _moment(at, "--at")
    documents = [files.did_document(did_document)] if did_document is not None else []
    lists = [files.status_list(path) for path in status_list or []]
    held = files.unpacked(file)
    if held.document is None:
        if held.refusal is None:
            raise AssertionError("neither a document nor a refusal")
        verdict = verification.refused(held.refusal, moment)
    else:
        verdict = verification.verify(
            held.document, at=moment, processor=contexts.processor(), documents=documents, lists=lists, recipient=recipient
        )
    if as_json:
        print_json(verdict.as_json())
    else:
        print("\n".join(_lines(verdict)))
    raise typer.Exit(DONE if verdict.sound else UNSOUND)


def _lines(verdict: Verdict) -> list[str]:
    """What a person reads: never a bare « valide » when the answer depends on a dated list."""
    titles = {
        "valid": "Attestation valable",
        "revoked": "Attestation RETIRÉE",
        "suspended": "Attestation SUSPENDUE",
        "expired": "Attestation EXPIRÉE",
        "not-yet-valid": "Attestation PAS ENCORE VALABLE",
        "unknown": "Signatures sûres, état INCONNU" if verdict.verified else "Attestation REFUSÉE",
    }
    title = titles[verdict.status]
    if verdict.lists:
        title += f" selon la liste du {min(seen.dated for seen in verdict.lists):%d/%m/%Y}"
    lines = [f"{title}."]
    if verdict.level is not None:
        lines.append(f"Niveau : {verdict.level}" if verdict.verified else f"Niveau écrit, non prouvé : {verdict.level}")
    if verdict.issuer is not None:
        lines.append(f"Émetteur : {verdict.issuer}")
    words = {True: "tient", False: "NE TIENT PAS", None: "non lue, ne compte pas"}
    lines += [f"Signature {proof.cryptosuite or 'sans nom'} : {words[proof.verified]}" for proof in verdict.proofs]
    if verdict.refresh is not None:
        lines.append(f"Adresse de mise à jour (non suivie) : {verdict.refresh}")
    lines += [f"- {reason.text}" for reason in verdict.reasons]
    lines += [f"- Remarque : {warning.text}" for warning in verdict.warnings]
    # What a file holds is printed without what could drive the terminal.
    return ["".join(symbol if symbol.isprintable() else "?" for symbol in line) for line in lines]


@app.command(help="Délivre une attestation signée. L’extension de -o choisit sa forme : .json, .png, .svg ou .txt (texte de QR).")
def issue(
    key: KeyFile,
    award: Annotated[Path, typer.Option("--award", metavar="AWARD.json", help="Ce qui est attribué, à qui, par qui.")],
    picture: Annotated[Path | None, typer.Option(help="Image qui portera l’attestation ; sinon un dessin simple.")] = None,
    output: Output = None,
) -> None:
    import uuid

    from yole.passport import contexts, files
    from yole.passport.engine import credential
    from yole.passport.engine.faults import FaultError

    suffix = files.check_extension(output, picture)
    signing = files.signing_key(key)
    wanted, created = files.award(award, f"urn:uuid:{uuid.uuid4()}")
    try:
        document = credential.issue(wanted, signing, created or _now(), contexts.processor())
    except FaultError as fault:
        raise InputError(fault.text, file=str(award)) from None
    write_output(files.contained(document, suffix, picture, wanted.level), output)


@app.command(help="Fait une paire de clés Ed25519. Le fichier garde le secret : lui seul peut signer.")
def keygen(
    output: Annotated[Path, typer.Option("-o", "--output", help="Fichier de clé à créer ; il ne doit pas exister.")],
    controller: Annotated[str | None, typer.Option(help="Émetteur : did:web:… ; sans lui, le did:key de la clé.")] = None,
) -> None:
    import secrets

    from yole.passport import files
    from yole.passport.engine.faults import FaultError
    from yole.passport.engine.keys import key_from_seed

    try:
        made = key_from_seed(secrets.token_bytes(32), controller)
    except FaultError as fault:
        raise InputError(fault.text, column="controller", found=controller, expected="did:web:… ou https://…") from None
    files.write_secret(output, to_json(made.members()))
    note(f"{output} : clé {made.public} de {made.controller}. Gardez ce fichier secret.")


@app.command("did-document", help="Le document did.json d’un émetteur, à publier : ses clés sans leurs secrets.")
def did_document(
    key: Annotated[list[Path], typer.Option("--key", metavar="KEY.json", help="Clé en service ; peut être répétée.")],
    output: Output = None,
) -> None:
    from yole.passport import files
    from yole.passport.engine.did import IssuerKey, build_document
    from yole.passport.engine.faults import FaultError

    keys = [files.signing_key(path) for path in key]
    other = next((path for path, held in zip(key, keys, strict=True) if held.controller != keys[0].controller), None)
    if other is not None:
        raise InputError("cette clé est à un autre émetteur", file=str(other), column="controller", expected=keys[0].controller)
    try:
        document = build_document(keys[0].controller, [IssuerKey(held.public, _now()) for held in keys])
    except FaultError as fault:
        raise InputError(fault.text) from None
    write_output(to_json(document), output)


@app.command("status-list", help="Une liste d’état signée : les rangs donnés sont retirés (ou suspendus).")
def status_list(
    key: KeyFile,
    address: Annotated[str, typer.Option(metavar="URL", help="Adresse où la liste sera publiée.")],
    index: Annotated[list[int] | None, typer.Option("--set", min=0, help="Rang à retirer ; peut être répété.")] = None,
    purpose: Annotated[str, typer.Option(help="revocation ou suspension.")] = "revocation",
    valid_from: Annotated[str | None, typer.Option(metavar="DATE", help="Date de la liste ; maintenant par défaut.")] = None,
    output: Output = None,
) -> None:
    from yole.passport import contexts, files
    from yole.passport.engine import proofs, status
    from yole.passport.engine.structure import is_uri

    chosen = next((known for known in status.PURPOSES if known == purpose), None)
    if chosen is None:
        raise InputError("valeur impossible pour « --purpose »", found=purpose, expected="revocation ou suspension")
    if not is_uri(address):
        raise InputError("valeur impossible pour « --address »", found=address, expected="une adresse https://…")
    moment = _moment(valid_from, "--valid-from")
    signing = files.signing_key(key)
    bits = status.empty_bits()
    for position in index or []:
        if position >= status.LENGTH:
            raise InputError("valeur impossible pour « --set »", found=position, expected=f"au plus {status.LENGTH - 1}")
        status.set_bit(bits, position, True)
    document = status.build_list(address, signing.controller, bits, moment, purpose=chosen)
    write_output(to_json(proofs.sign_set(document, signing, moment, contexts.processor())), output)
