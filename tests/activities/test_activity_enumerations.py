"""The closed lists of the national tools, value by value: an export that another tool cannot read is no export."""

from __future__ import annotations

from typing import Any

import pytest

LISTS = {
    "workshops.Theme": (
        "diagnostic_numerique prendre_en_main_du_materiel maintenance_de_materiel gere_ses_contenus_numeriques navigation_sur_internet "
        "email bureautique reseaux_sociaux sante banque_et_achats_en_ligne entrepreneuriat insertion_professionnelle securite_numerique "
        "parentalite scolarite_et_numerique creer_avec_le_numerique culture_numerique intelligence_artificielle "
        "aide_aux_demarches_administratives"
    ),
    "workshops.AdministrativeTheme": (
        "papiers_elections_citoyennete famille_scolarite social_sante travail_formation logement transports_mobilite argent_impots justice "
        "etrangers_europe loisirs_sports_culture associations"
    ),
    "workshops.Level": "debutant intermediaire avance",
    "people.AgeBand": (
        "moins_de_douze douze_dix_huit dix_huit_vingt_quatre vingt_cinq_trente_neuf quarante_cinquante_neuf soixante_soixante_neuf "
        "soixante_dix_plus non_communique"
    ),
    "people.Gender": "masculin feminin non_communique",
    "people.SocialStatus": "scolarise sans_emploi en_emploi retraite non_communique",
    "activities.ActivityKind": "individuel collectif",
    "activities.PlaceKind": "lieu_activite domicile a_distance autre",
    "activities.Material": "ordinateur telephone tablette autre aucun",
    "activities.Autonomy": "entierement_accompagne partiellement_autonome autonome",
    "activities.Redirection": (
        "administration mediation_numerique operateur_ou_organisme_en_charge aide_sociale insertion_professionnelle "
        "aide_aux_demarches_administratives autre"
    ),
    "activities.CoordinationKind": "animation evenement partenariat",
    "activities.AnimationKind": "assemblee comite groupe_de_travail echange reunion_coordination webinaire autre",
    "activities.Initiative": "initiative demande",
    "activities.AnimationTheme": "partage reseau soutien professionnel rh autre",
    "activities.EventKind": "grand_public national inclusion_numerique nec_local autre",
    "activities.Organiser": "ma_structure commune epci departement region association entreprise hub etat groupement autre",
    "activities.PartnershipNature": "parcours_usager subvention coordination_departementale rdv_elu autre",
    "activities.Scale": "communal intercommunal departemental regional national",
    "activities.V1AgeBand": "moins12ans de12a18ans de18a35ans de35a60ans plus60ans",
}
LABELS = {
    "activities.PlaceKind": "Lieu d’activité|À domicile|À distance|Autre lieu",
    "activities.Autonomy": "Avec guidage|Autonome avec guidage en cas de besoin|Autonome",
    "people.AgeBand": ("Moins de 12 ans|12 à 17 ans|18 à 24 ans|25 à 39 ans|40 à 59 ans|60 à 69 ans|70 ans et plus|Non communiqué"),
}
V1_WORDS = {
    "themes": (
        "equipement informatique|vocabulaire|internet|securite|courriel|echanger|traitement texte|contenus numeriques|trouver emploi|"
        "tpe/pme|accompagner enfant|demarche en ligne|fraude et harcelement|sante|smartphone|budget|scolaire|diagnostic|autre"
    ),
    "statut": "etudiant|sansEmploi|enEmploi|retraite|heterogene",
    "canal": "rattachement|autre lieu|distance|domicile",
}


def listed(name: str) -> Any:
    from importlib import import_module

    room, enumeration = name.split(".")
    return getattr(import_module(f"yole.{room}.enums"), enumeration)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_has_the_values_of_the_national_tool(name: str) -> None:
    assert listed(name).values == LISTS[name].split()


@pytest.mark.parametrize("name", sorted(LABELS))
def test_labels_that_differ_from_their_value(name: str) -> None:
    assert listed(name).labels == LABELS[name].split("|")


def test_words_of_the_first_tool() -> None:
    from yole.activities import formats

    assert set(formats.V1_THEMES) == set(V1_WORDS["themes"].split("|"))
    assert set(formats.V1_STATUS) == set(V1_WORDS["statut"].split("|"))
    assert set(formats.V1_CHANNELS) == set(V1_WORDS["canal"].split("|"))
    assert formats.V1_STATUS["heterogene"] == ""  # not a status
    known = set(LISTS["workshops.Theme"].split())
    assert {theme for theme in formats.V1_THEMES.values() if theme} <= known
    assert formats.V1_THEMES["autre"] == ""


def test_eighteen_counters_of_a_group_and_durations_offered() -> None:
    from yole.activities.enums import DURATIONS
    from yole.activities.formats import COUNTERS
    from yole.activities.rollups_sql import DURATION_BANDS

    assert len(COUNTERS) == 18
    assert DURATIONS == (15, 30, 45, 60, 90, 120)
    assert DURATION_BANDS == ((0, 30), (30, 60), (60, 120), (120, None))
