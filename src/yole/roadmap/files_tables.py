"""The tables that Yole exchanges, in the order in which they are read: each row points to rows read before it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from yole.roadmap.files_cells import Cell
from yole.roadmap.models import (
    Axis,
    Change,
    CoFunding,
    Commitment,
    Committee,
    Envelope,
    EnvelopeShare,
    Frame,
    FrameAxis,
    FrameEngagement,
    FundingRequest,
    Governance,
    Indicator,
    Member,
    Milestone,
    Objective,
    Proposal,
    ProposalAnswer,
    Reading,
    Review,
    ReviewDecision,
    Roadmap,
    Takeaway,
)


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the file without its extension. `only_added`: a row that exists is never changed."""

    name: str
    model: type[models.Model]
    cells: tuple[Cell, ...]
    only_added: bool = False

    @property
    def header(self) -> list[str]:
        return [cell.header for cell in self.cells]


def _must(header: str, attribute: str, kind: str = "text") -> Cell:
    return Cell(header, attribute, kind, compulsory=True)


_ID = _must("id", "uid")
_FICTIONAL = Cell("fictif", "is_fictional", "yes")


def _link(header: str, attribute: str, of: type[models.Model], *, may: bool = False) -> Cell:
    return Cell(header, attribute, "link", of, not may)


def _texts(*pairs: tuple[str, str]) -> tuple[Cell, ...]:
    return tuple(Cell(header, attribute) for header, attribute in pairs)


TABLES: tuple[Table, ...] = (
    Table("cadre", Frame, (
        _ID, _must("nom", "name"), Cell("editeur", "publisher"), _must("source", "source"), Cell("adresse", "url"),
        _must("lu_le", "read_on", "day"), Cell("periodes", "periods", "json"), *_texts(("but", "aim"), ("source_du_but", "aim_source")),
    )),
    Table("cadre_axe", FrameAxis, (
        _ID, _link("cadre", "frame", Frame), _must("numero", "number", "whole"), _must("titre", "title"),
    )),
    Table("cadre_engagement", FrameEngagement, (
        _ID, _link("cadre", "frame", Frame), _must("numero", "number", "whole"), *_texts(("texte", "wording"), ("source", "source")),
    )),
    Table("gouvernance", Governance, (_ID, _must("departement", "departement"), Cell("contexte", "context"))),
    Table("membre", Member, (
        _ID, _must("structure", "structure", "structure"), *_texts(("type", "kind"), ("statut", "status"), ("categorie", "category")),
        Cell("copilote", "is_copilot", "yes"), Cell("parti_le", "left_on", "day"),
    )),
    Table("comite", Committee, (
        _ID, _must("nom", "name"), _must("type", "kind"), _must("frequence", "frequency"),
        Cell("prochaine_date", "next_on", "day"), Cell("commentaire", "comment"),
    )),
    Table("feuille", Roadmap, (
        _ID, _link("cadre", "frame", Frame, may=True), _must("nom", "name"), _must("perimetre", "perimeter"),
        Cell("porteur", "carrier", "structure"), Cell("contexte", "context"), Cell("documents", "documents", "list"),
        _must("debut", "starts_on", "day"), _must("fin", "ends_on", "day"),
        Cell("publiee_le", "published_at", "moment"), _FICTIONAL,
    )),
    Table("axe", Axis, (
        _ID, _link("feuille", "roadmap", Roadmap), _must("numero", "number", "whole"), _must("titre", "title"),
        _link("cadre_axe", "frame_axis", FrameAxis, may=True),
    )),
    Table("objectif", Objective, (
        _ID, _link("axe", "axis", Axis), _must("titre", "title"), Cell("definition", "definition"), Cell("echeance", "due_on", "day"),
        Cell("source", "source"),
    )),
    Table("engagement", Commitment, (
        _ID, _link("feuille", "roadmap", Roadmap), _link("axe", "axis", Axis), _link("objectif", "objective", Objective, may=True),
        _must("numero", "number", "whole"), _must("titre", "title"),
        *_texts(("description", "description"), ("contexte", "context")), Cell("responsable", "responsible", "structure"),
        Cell("fonction", "function"), Cell("copilotes", "copilots", "structures"), Cell("partenaires", "partners"),
        _must("debut", "starts_on", "day"), _must("echeance", "due_on", "day"), Cell("budget", "budget", "number"),
        *_texts(("note_de_budget", "budget_note"), ("publics", "publics"), ("preuve_attendue", "proof")), Cell("besoins", "needs", "list"),
        _link("cadre_engagement", "national", FrameEngagement, may=True), Cell("publie_le", "published_at", "moment"),
        Cell("abandonne_le", "abandoned_on", "day"), Cell("raison_de_l_abandon", "abandoned_reason"),
        *_texts(("avis", "judgement"), ("texte_de_l_avis", "judgement_words"), ("avis_de", "judgement_by")),
        Cell("avis_le", "judgement_on", "day"),
        _FICTIONAL, _must("cree_le", "created_at", "moment"),
    )),
    Table("jalon", Milestone, (
        _ID, _link("engagement", "commitment", Commitment), _must("titre", "title"), Cell("livrable", "deliverable"),
        _must("date", "due_on", "day"), Cell("livre_le", "delivered_on", "day"),
        *_texts(("preuve", "evidence"), ("fichier", "file_name"), ("sha256", "file_hash")),
    )),
    Table("indicateur", Indicator, (
        _ID, _link("engagement", "commitment", Commitment, may=True), _link("objectif", "objective", Objective, may=True),
        _must("nom", "name"), _must("definition", "definition"),
        *_texts(("formule", "formula"), ("source", "source")), _must("unite", "unit"),
        *_texts(("population", "population"), ("ventilation", "breakdown")), _must("sens", "direction"),
        Cell("reference", "baseline", "number"), Cell("date_reference", "baseline_on", "day"), Cell("source_reference", "baseline_source"),
        Cell("cible", "target", "number"), Cell("date_cible", "target_on", "day"), _must("periodicite", "periodicity"),
        Cell("marge", "margin", "number"), Cell("chiffre_yole", "measure"), _must("fenetre", "window"),
        Cell("retire_le", "retired_on", "day"), Cell("raison_du_retrait", "retired_reason"),
    )),
    Table("releve", Reading, (
        _ID, _link("indicateur", "indicator", Indicator), _must("nature", "kind"), _link("remplace", "replaces", Reading, may=True),
        _must("jour", "day", "day"), Cell("valeur", "value", "number"), Cell("bas", "low", "number"), Cell("haut", "high", "number"),
        Cell("details", "details", "json"), _must("source", "source"),
        *_texts(("fichier", "file_name"), ("sha256", "file_hash"), ("raison", "reason")), _must("note_le", "recorded_at", "moment"),
    ), only_added=True),
    Table("enseignement", Takeaway, (
        _ID, _must("origine", "source"), _must("cle", "key"), _must("lieu", "label"),
        _must("jour", "day", "day"), _must("texte", "words"), Cell("d_accord", "agree", "whole"),
        Cell("votants", "voters", "whole"), Cell("bas", "low", "number"), Cell("haut", "high", "number"), Cell("adresse", "url"),
        _FICTIONAL,
        _must("garde_le", "kept_at", "moment"),
    )),
    Table("proposition", Proposal, (
        _ID, _must("titre", "title"), Cell("details", "details"), Cell("enseignements", "takeaways", "links", Takeaway),
        _must("reponse", "answer"), Cell("engagements", "commitments", "links", Commitment), _FICTIONAL,
        _must("cree_le", "created_at", "moment"),
    )),
    Table("reponse", ProposalAnswer, (
        _ID, _link("proposition", "proposal", Proposal), _must("reponse", "answer"), _must("raison", "reason"),
        _link("comite", "committee", Committee), _must("jour", "day", "day"), _must("note_le", "recorded_at", "moment"),
    ), only_added=True),
    Table("revue", Review, (
        _ID, _link("feuille", "roadmap", Roadmap), _link("comite", "committee", Committee, may=True), _must("titre", "title"),
        _must("jour", "held_on", "day"), _must("decision", "decision"), Cell("prochaine", "next_on", "day"), _FICTIONAL,
        _must("note_le", "recorded_at", "moment"),
    )),
    Table("decision", ReviewDecision, (
        _ID, _link("revue", "review", Review), _link("engagement", "commitment", Commitment), _must("texte", "words"),
    )),
    Table("modification", Change, (
        _ID, _link("engagement", "commitment", Commitment), _must("objet", "subject"), _must("objet_id", "subject_uid"),
        _must("champ", "field"), *_texts(("avant", "before"), ("apres", "after")), _must("raison", "reason"),
        _link("revue", "review", Review, may=True), _must("note_le", "recorded_at", "moment"),
    ), only_added=True),
    Table("enveloppe", Envelope, (
        _ID, _must("libelle", "label"), _must("montant", "amount", "number"),
        _must("debut", "starts_on", "day"), _must("fin", "ends_on", "day"),
    )),
    Table("part_enveloppe", EnvelopeShare, (
        _ID, _link("enveloppe", "envelope", Envelope), _must("departement", "departement"),
        _must("plafond", "ceiling", "number"),
    )),
    Table("demande", FundingRequest, (
        _ID, _link("engagement", "commitment", Commitment), _link("enveloppe", "envelope", Envelope), _must("statut", "status"),
        _must("demande", "asked", "number"), Cell("poste", "staff", "number"), Cell("prestation", "services", "number"),
        Cell("beneficiaires", "beneficiaries", "structures"),
    )),
    Table("cofinancement", CoFunding, (
        _ID, _link("engagement", "commitment", Commitment), _must("structure", "structure", "structure"),
        _must("montant", "amount", "number"),
    )),
)  # fmt: skip

# The State's tool: its tables and its field names. A structure is written by its name: its own table of structures is not exchanged.
STATE_TABLES: tuple[Table, ...] = (
    Table("gouvernance", Governance, (_ID, _must("departement_code", "departement"), Cell("note_de_contexte", "context"))),
    Table("comite", Committee, (
        _ID, _must("type", "kind"), _must("frequence", "frequency"), Cell("date", "next_on", "day"),
        Cell("commentaire", "comment"),
    )),
    Table("membre", Member, (
        _ID, Cell("type", "kind"), Cell("statut", "status"), Cell("is_coporteur", "is_copilot", "flag"),
        Cell("categorie_membre", "category"),
        Cell("siret_ridet", "", "siret"), _must("structure_id", "structure", "structure"), Cell("date_suppression", "left_on", "day"),
    )),
    Table("feuille_de_route", Roadmap, (
        _ID, _must("nom", "name"), _must("perimetre_geographique", "perimeter"),
        Cell("porteur_id", "carrier", "structure"), Cell("note_de_contextualisation", "context"), Cell("documents", "documents", "list"),
    )),
    Table("action", Commitment, (
        _ID, _link("feuille_de_route_id", "roadmap", Roadmap), _must("nom", "title"), Cell("contexte", "context"),
        Cell("description", "description"), Cell("besoins", "needs", "list"), Cell("budget_global", "budget", "number"),
        _must("date_de_debut", "starts_on", "day"), _must("date_de_fin", "due_on", "day"),
    )),
    Table("enveloppe_financement", Envelope, (
        _ID, _must("libelle", "label"), _must("montant", "amount", "number"),
        _must("date_debut", "starts_on", "day"), _must("date_fin", "ends_on", "day"),
    )),
    Table("departement_enveloppe", EnvelopeShare, (
        _ID, _link("enveloppe_id", "envelope", Envelope), _must("departement_code", "departement"),
        _must("plafond", "ceiling", "number"),
    )),
    Table("demande_de_subvention", FundingRequest, (
        _ID, _link("action_id", "commitment", Commitment), _link("enveloppe_financement_id", "envelope", Envelope),
        _must("statut", "status"), _must("subvention_demandee", "asked", "number"),
        Cell("subvention_etp", "staff", "number"), Cell("subvention_prestation", "services", "number"),
        Cell("beneficiaire_subvention", "beneficiaries", "structures"),
    )),
    Table("co_financement", CoFunding, (
        _ID, _link("action_id", "commitment", Commitment), _must("structure_id", "structure", "structure"),
        _must("montant", "amount", "number"),
    )),
)  # fmt: skip

BEARERS = "porteur_action"
BEARERS_HEADER = ["action_id", "structure_id"]
"""The structures of an action, the one that answers for it first."""

LOST: tuple[tuple[str, type[models.Model]], ...] = (
    ("axes", Axis), ("objectifs", Objective), ("jalons", Milestone), ("indicateurs", Indicator), ("relevés", Reading),
    ("enseignements", Takeaway), ("propositions", Proposal), ("réponses", ProposalAnswer), ("revues", Review),
    ("décisions", ReviewDecision),
    ("modifications", Change),
)  # fmt: skip
"""What has no place in the State's tool, for the report of losses."""
