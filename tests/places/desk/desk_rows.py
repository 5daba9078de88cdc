"""A sound row of the national schema, invented."""

ROW = {
    "id": "a1",
    "pivot": "00000000000000",
    "nom": "Espace numérique du Lorrain",
    "commune": "Le Lorrain",
    "code_postal": "97214",
    "code_insee": "97214",
    "adresse": "9 rue des Sapotilles",
    "latitude": "14.832",
    "longitude": "-61.0549",
    "telephone": "+596596532087",
    "horaires": "Mo-Fr 08:00-12:00",
    "source": "Liste A",
    "itinerance": "Fixe",
    "date_maj": "2025-11-01",
    "services": "Aide aux démarches administratives",
    "frais_a_charge": "Gratuit",
}
