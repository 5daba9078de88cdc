"""One sound row of an invented place, and a small gazetteer of real codes: enough for every rule without any other file."""

from __future__ import annotations

from datetime import date

from yole.kernel.gazetteer import Centre, Entry
from yole.kernel.geo import Box

TODAY = date(2026, 11, 22)

SOUND = {
    "id": "fictif-1",
    "pivot": "00000000000000",
    "nom": "Espace numérique fictif du bourg",
    "commune": "Le Lamentin",
    "code_postal": "97232",
    "code_insee": "97213",
    "adresse": "3 rue de l’Exemple",
    "latitude": "14.6154",
    "longitude": "-61.0018",
    "typologie": "EPN",
    "telephone": "+596596012377",
    "courriels": "contact@exemple.fr",
    "site_web": "https://www.exemple.fr/",
    "horaires": "Mo-Fr 08:00-12:00,14:00-17:00; PH off",
    "itinerance": "Fixe",
    "date_maj": "2026-05-04",
    "services": "Aide aux démarches administratives",
    "frais_a_charge": "Gratuit",
}

ENTRIES = [
    Entry("97201", "L'Ajoupa-Bouillon", "COM", ("97216",), ""),
    Entry("97205", "Case-Pilote", "COM", ("97222",), ""),
    Entry("97209", "Fort-de-France", "COM", ("97200", "97212", "97234"), ""),
    Entry("97213", "Le Lamentin", "COM", ("97232",), ""),
    Entry("97214", "Le Lorrain", "COM", ("97214",), ""),
    Entry("97307", "Matoury", "COM", ("97351",), ""),
    Entry("97801", "Saint-Martin", "COM", ("97150",), ""),
    Entry("19033", "Brignac-la-Plaine", "COM", ("19310",), ""),
    Entry("50359", "Mortain-Bocage", "COM", ("50140",), ""),
    Entry("50359", "Mortain", "COMD", ("50140",), "50359"),
    Entry("50499", "Notre-Dame-du-Touchet", "COMD", ("50140",), "50359"),
    Entry("75056", "Paris", "COM", ("75001", "75012"), ""),
    Entry("75112", "Paris 12e Arrondissement", "ARM", ("75012",), "75056"),
    Entry("2A004", "Ajaccio", "COM", ("20000", "20090"), ""),
    Entry("83019", "Bormes-les-Mimosas", "COM", ("83230",), ""),
    Entry("88447", "Saulxures-sur-Moselotte", "COM", ("88290",), ""),
    Entry("98818", "Nouméa", "COM", ("98800",), ""),
]
BOXES = {
    "972": Box(14.1, -61.6, 15.3, -60.4),
    "973": Box(2.0, -54.7, 6.0, -51.5),
    "75": Box(48.4, 1.8, 49.3, 2.9),
    "978": Box(17.9, -63.2, 18.2, -62.9),
}
CENTRES = {
    "97213": Centre(14.61, -60.99, 62.3),
    "97209": Centre(14.62, -61.07, 44.2),
    "97205": Centre(14.66, -61.13),
    "97307": Centre(4.70, -52.42),
}
