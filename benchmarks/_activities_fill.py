"""A territory of 1,000,000 reports, 250,000 people, 200 structures, invented by PostgreSQL itself (set by set, some tens of seconds)."""

from __future__ import annotations

import time

STRUCTURES, MEDIATORS, PLACES, PEOPLE, ACTIVITIES = 200, 600, 400, 250_000, 1_000_000
DAYS = 1_080  # about three years, to today
UNUSABLE = "!"  # nobody signs in with it

_THEMES = """ARRAY['diagnostic_numerique','prendre_en_main_du_materiel','navigation_sur_internet','email','bureautique','reseaux_sociaux',
'sante','insertion_professionnelle','securite_numerique','scolarite_et_numerique','aide_aux_demarches_administratives']"""
_ADMIN = "ARRAY['papiers_elections_citoyennete','social_sante','logement','argent_impots']"
_AGES = """ARRAY['moins_de_douze','douze_dix_huit','dix_huit_vingt_quatre','vingt_cinq_trente_neuf','quarante_cinquante_neuf',
'soixante_soixante_neuf','soixante_dix_plus','non_communique']"""
_STATUSES = "ARRAY['scolarise','sans_emploi','en_emploi','retraite','non_communique']"
_GENDERS = "ARRAY['masculin','feminin','non_communique']"

STATEMENTS = (
    "SELECT setseed(0.4)",
    f"""INSERT INTO organisations_structure (name, sort_key, kind, siret, territory_id)
    SELECT 'Structure ' || n || ' (fictif)', 'structure ' || lpad(n::text, 4, '0'), 'association', '', %(territory)s
    FROM generate_series(1, {STRUCTURES}) n""",
    """CREATE TEMPORARY TABLE communes AS SELECT code, row_number() OVER (ORDER BY code) - 1 AS n FROM territory_commune
    WHERE departement = '972'""",
    f"""INSERT INTO places_place (territory_id, source, source_id, slug, kind, pivot, name, commune_name, postcode, insee_code, address,
        address_extra, typologies, telephone, emails, websites, opening_hours, summary, detail, source_label, itinerance, parent_structure,
        updated_on, services, audiences, special_care, fees, programmes, labels, other_labels, access_modes, support_modes,
        accessibility_url, booking_url, sort_key, name_key, address_key, languages, closed_reason, created_at, changed_at)
    SELECT %(territory)s, 'bench', k::text, 'lieu-' || k, 'fixed', '', 'Lieu ' || k || ' (fictif)', c.code, '97200', c.code, '1 rue', '',
        '{{}}', '', '{{}}', '{{}}', '', '', '', '', '{{}}', '', current_date, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}',
        '{{}}', '', '', 'lieu ' || k, 'lieu ' || k, '1 rue', '{{}}', '', now(), now()
    FROM generate_series(1, {PLACES}) k JOIN communes c ON c.n = k %% (SELECT count(*) FROM communes)""",
    """CREATE TEMPORARY TABLE team AS SELECT a.id AS mediator, a.structure_id AS structure, row_number() OVER (ORDER BY a.id) - 1 AS n
    FROM organisations_account a WHERE a.email LIKE 'bench-%%'""",
    "CREATE TEMPORARY TABLE venue AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM places_place WHERE source = 'bench'",
    f"""INSERT INTO people_person (id, territory_id, structure_id, kind, code, age_band, gender, social_status, last_contact_on, is_fictional,
        created_at, kept_reason)
    SELECT lpad(to_hex(k), 32, '0')::uuid, %(territory)s, t.structure, 'anonymous', 'B' || lpad(k::text, 9, '0'), 'non_communique',
        'non_communique', 'non_communique', current_date, true, now(), ''
    FROM generate_series(1, {PEOPLE}) k JOIN team t ON t.n = k %% {MEDIATORS}""",
    f"""CREATE TEMPORARY TABLE draw AS
    SELECT n, n %% {MEDIATORS} AS team, current_date - (random() * {DAYS})::int AS day, random() AS kind, random() AS place, random() AS theme,
        (random() * 10)::int AS one, (random() * 10)::int AS two, (3 + random() * 12)::int AS size, random() AS minutes
    FROM generate_series(1, {ACTIVITIES}) n""",
    f"""INSERT INTO activities_activity (id, territory_id, structure_id, mediator_id, kind, one_off, date, minutes, place_kind, place_id,
        materials, level, autonomy, redirection, themes, admin_themes, procedure_details, workshop_title, title_key, tags, notes, schema,
        anonymous_count, already_known, gender_counts, age_counts, status_counts, participants, version, created_at, changed_at, is_fictional)
    SELECT ('a' || lpad(to_hex(draw.n), 31, '0'))::uuid, %(territory)s, t.structure, t.mediator,
        CASE WHEN kind < .75 THEN 'individuel' ELSE 'collectif' END, false, day,
        (ARRAY[15, 30, 45, 60, 90, 120])[1 + (minutes * 5)::int], CASE WHEN place < .9 THEN 'lieu_activite' ELSE 'a_distance' END,
        CASE WHEN place < .6 THEN v1.id WHEN place < .9 THEN v2.id END,
        ARRAY['ordinateur'], '', '', '',
        CASE WHEN theme < .5 OR one = two THEN ARRAY[({_THEMES})[1 + one]] ELSE ARRAY[({_THEMES})[1 + one], ({_THEMES})[1 + two]] END,
        CASE WHEN one = 10 THEN ARRAY[({_ADMIN})[1 + draw.n %% 4]] ELSE '{{}}' END, '', '', '', '{{}}', '', 'yole',
        g, 0, ARRAY[g / 3, g / 2, g - g / 3 - g / 2], ARRAY[0, g / 4, 0, g / 4, 0, 0, 0, g - 2 * (g / 4)], ARRAY[0, 0, 0, g / 2, g - g / 2],
        greatest(1, g + p), 1, now(), now(), true
    FROM draw JOIN team t ON t.n = draw.team
    JOIN venue v1 ON v1.n = draw.team %% {PLACES} JOIN venue v2 ON v2.n = (draw.team * 7) %% {PLACES}
    CROSS JOIN LATERAL (SELECT CASE WHEN kind < .25 THEN 1 WHEN kind < .75 THEN 0 ELSE size END AS g,
        CASE WHEN kind < .25 THEN 0 WHEN kind < .75 THEN 1 ELSE size %% 4 END AS p) c""",
    f"""INSERT INTO activities_participation (activity_id, person_id, age_band, gender, social_status, already_known)
    SELECT ('a' || lpad(to_hex(n), 31, '0'))::uuid, lpad(to_hex(1 + (who * {MEDIATORS} + n) %% {PEOPLE}), 32, '0')::uuid, ({_AGES})[1 + who %% 8],
        ({_GENDERS})[1 + who %% 3], ({_STATUSES})[1 + who %% 5], random() < .5
    FROM draw CROSS JOIN LATERAL (
        SELECT DISTINCT (random() * {PEOPLE // MEDIATORS - 1})::int + 0 * k AS who
        FROM generate_series(1, CASE WHEN kind < .25 THEN 0 WHEN kind < .75 THEN 1 ELSE size %% 4 END) k
    ) c""",
)


def fill() -> float:
    """Writes everything, as the site's role working for the house; returns the seconds it took."""
    from django.db import connection, transaction

    from yole.base.scope import system_scope
    from yole.organisations.enums import Role
    from yole.organisations.models import Account, Structure
    from yole.territory import demo
    from yole.territory.models import Territory

    demo.load(lambda words: None)
    started = time.monotonic()
    with system_scope(), transaction.atomic(), connection.cursor() as cursor:
        territory = Territory.objects.get(is_default=True)
        for i, statement in enumerate(STATEMENTS):
            if i == 4:  # accounts, once there are structures
                structures = list(Structure.objects.filter(sort_key__startswith="structure ").values_list("pk", flat=True))[:STRUCTURES]
                Account.objects.bulk_create(
                    Account(
                        email=f"bench-{n}@exemple.invalid", name=f"Médiation {n} (fictif)", role=Role.MEDIATOR, territory=territory,
                        structure_id=structures[n % len(structures)], password=UNUSABLE, is_fictional=True,
                    )
                    for n in range(MEDIATORS)
                )  # fmt: skip
            cursor.execute(statement, {"territory": territory.pk} if "%(" in statement or "%%" in statement else None)
    return time.monotonic() - started
