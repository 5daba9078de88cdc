"""Closed lists of the diagnosis, with the words that people read."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ItemState(TextChoices):
    """Life of an item. A pilot item is shown once per sitting and never counts."""

    DRAFT = "draft", "Brouillon"
    PILOT = "pilot", "À l’essai"
    LIVE = "live", "En service"
    WITHDRAWN = "withdrawn", "Retirée"


class Mode(TextChoices):
    """Where the questions were asked. Kept with the result: paper and screen are not compared blindly."""

    ONLINE = "online", "Sur un écran, avec réseau"
    OFFLINE = "offline", "Sur un écran, sans réseau"
    PAPER = "paper", "Sur papier"


class Purpose(TextChoices):
    """Why somebody sits: to find a workshop, or before and after a programme."""

    PLACEMENT = "placement", _("Savoir où j’en suis")
    BEFORE = "before", _("Avant un parcours")
    AFTER = "after", _("Après un parcours")


class SittingState(TextChoices):
    OPEN = "open", "En cours"
    FINISHED = "finished", "Terminé"
    EXPIRED = "expired", "Abandonné"


class StopReason(TextChoices):
    LEVEL = "level", "niveau assez sûr"
    SE = "se", "mesure assez précise"
    LENGTH = "length", "nombre de questions atteint"
    BANK = "bank", "plus de question"
    PERSON = "person", "arrêt demandé par la personne"


class More(TextChoices):
    """Why a finished diagnosis went on."""

    AREAS = "areas", "pour voir sujet par sujet"
    LEVEL = "level", "pour un niveau plus sûr"


class TriageOutcome(TextChoices):
    """The three outcomes of the desk triage (repérage)."""

    ACCOMPANY = "accompany", _("Faire ensemble maintenant")
    WORKSHOP = "workshop", _("Proposer un atelier pour débuter")
    DIAGNOSTIC = "diagnostic", _("Proposer le diagnostic")


class Task(TextChoices):
    """Hands-on tasks that run in the page."""

    MAILBOX = "mailbox", _("La boîte aux lettres")
    ADDRESS_BAR = "address-bar", _("La barre d’adresse")
    FORM = "form", _("Le formulaire")
    PASSWORD = "password", _("Le mot de passe")  # the name of a task
    SPREADSHEET = "spreadsheet", _("La case du tableur")
    PHISHING = "phishing", _("Les messages pièges")
