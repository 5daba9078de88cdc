"""The mandate on paper: ten kinds of procedures and four durations, those that the State's service for mandates uses. This site keeps no
mandate and signs in nowhere in a person's name."""

from __future__ import annotations

from yole.rights.wording import _

# (name, examples)
FIELDS = (
    (_("Papiers et citoyenneté"), _("état civil, carte d’identité, élections")),
    (_("Famille"), _("allocations familiales, scolarité, garde d’enfants")),
    (_("Santé et aide sociale"), _("RSA, prime d’activité, complémentaire santé, handicap")),
    (_("Travail"), _("chômage, formation, retraite")),
    (_("Logement"), _("aide au logement, logement social, énergie")),
    (_("Transports"), _("permis de conduire, carte grise, carte de transport")),
    (_("Argent"), _("impôts, banque, surendettement")),
    (_("Justice"), _("aide juridictionnelle, casier judiciaire")),
    (_("Étranger et Europe"), _("titre de séjour, visa, naturalisation")),
    (_("Loisirs"), _("sport, vacances, associations")),
)
# (words, days)
DURATIONS = ((_("Ce jour seulement"), 1), (_("Un mois"), 31), (_("Six mois"), 182), (_("Un an"), 365))
