"""What a host starts from: framing, roles, material, minutes of each phase, questions by public. Words of the project, to be changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yole.debates.engine import room
from yole.debates.enums import CafePublic, Phase, Pillar

FRAMING = (
    "Nous sommes là pour apprendre, essayer et débattre. Chacun décide ensuite de ses usages : avec l’IA, sans elle, et comment.\n"
    "On écoute sans couper. On parle pour soi. Personne n’est obligé de parler, d’écrire ou de voter.\n"
    "Ce qui est écrit est anonyme. L’animateur lit avant d’afficher. Le vote est secret jusqu’à sa fermeture.\n"
    "À la fin, nous décidons d’une suite. Elle est publiée, avec ce que la salle a dit."
)
ROLES = (
    "Une personne anime : elle donne le cadre, la parole et le temps.\n"
    "Une personne lit les phrases écrites, puis les affiche.\n"
    "Une personne garde les téléphones et la tablette en état de marche.\n"
    "Une personne note les suites décidées."
)
MATERIAL = (
    "Feuilles et feutres, pour écrire sans téléphone.\n"
    "Un écran ou un mur, une affiche avec le code de la salle.\n"
    "Une tablette à prêter, chargée.\n"
    "Une montre, de l’eau, du café."
)
PILLARS: dict[str, str] = {
    Pillar.EXPERIMENT: _("Essayer ensemble un outil d’IA, sur une question de la vie courante."),
    Pillar.UNDERSTANDING: _("Dire avec des mots simples comment l’outil fabrique sa réponse, et ce qu’il ne sait pas."),
    Pillar.DISCUSSION: _("Écrire puis parler : craintes, espoirs, idées, questions."),
    Pillar.ACTION: _("Choisir ce que l’on fait après, qui s’en occupe et pour quand."),
}
QUESTIONS: dict[str, tuple[str, ...]] = {
    CafePublic.EVERYBODY: (
        "Où avez-vous rencontré une IA cette semaine, peut-être sans le savoir ?",
        "Pour quelle démarche voulez-vous garder une personne en face de vous ?",
        "Qu’est-ce qui vous aiderait à faire confiance, ou à refuser ?",
    ),
    CafePublic.YOUNG: (
        "Que perd-on, et que gagne-t-on, à faire un devoir avec une IA ?",
        "Comment savoir si une image ou une voix est vraie ?",
        "Quel métier voulez-vous faire quand les machines écrivent et dessinent ?",
    ),
    CafePublic.PARENTS: (
        "À quel âge, et pour quoi, laisser un enfant parler à une IA ?",
        "Comment en parler à la maison sans faire peur ?",
        "Que demander à l’école ?",
    ),
    CafePublic.SENIORS: (
        "Un appel avec la voix d’un proche : comment vérifier que c’est lui ?",
        "L’IA peut-elle aider à lire un courrier difficile ?",
        "Que faire quand un service n’a plus que la machine au guichet ?",
    ),
    CafePublic.JOBSEEKERS: (
        "Faut-il écrire sa lettre de motivation avec une IA ?",
        "Accepteriez-vous qu’une machine trie les candidatures ?",
        "Quelle formation vous serait utile, ici, cette année ?",
    ),
    CafePublic.HELPERS: (
        "Que peut-on donner à lire à une IA quand on aide une personne, et que ne faut-il jamais lui donner ?",
        "L’IA fait-elle gagner du temps pour l’accueil, ou en prend-elle ?",
        "Peut-elle aider à repérer un droit qui n’est pas demandé ?",
    ),
    CafePublic.AGENTS: (
        "Quelle décision ne doit jamais être prise par une machine seule ?",
        "Comment dire aux habitants où une IA est utilisée ?",
        "De quoi dépend-on quand l’outil vient d’ailleurs ?",
    ),
}
PHASES: dict[str, tuple[str, room.Share]] = {
    Phase.FRAME: (_("Qui anime, pour quoi faire, les règles, ce que devient ce qui est écrit."), room.Share(1, 5, 10)),
    Phase.WRITING: (_("Chacun écrit en silence : crainte, espoir, idée ou question."), room.Share(1, 5, 10)),
    Phase.CLOUDS: (_("On rapproche les phrases par thème."), room.Share(1, 5, 15)),
    Phase.READING: (_("On lit celles des autres, sans répondre."), room.Share(1, 5, 15)),
    Phase.DISCUSSION: (_("On parle de ce qui revient, et de ce qui surprend."), room.Share(3, 15, 45)),
    Phase.VOTE: (_("Chacun donne son avis sur les phrases choisies. Rien ne s’affiche avant la fermeture."), room.Share(1, 5, 15)),
    Phase.ORIENTATIONS: (_("Ce que l’on fait après, qui, pour quand."), room.Share(1.5, 10, 20)),
}


@dataclass(frozen=True, slots=True)
class Step:
    phase: str
    label: str
    words: str
    minutes: int


def steps(people: int) -> list[Step]:
    """The seven phases with their minutes, for a room of this size (one table of several when it is larger than 30)."""
    lengths = room.plan(room.minutes(min(people, room.LARGEST_TABLE)), [share for _, share in PHASES.values()])
    return [Step(phase, Phase(phase).label, words, length) for (phase, (words, _)), length in zip(PHASES.items(), lengths, strict=True)]


def minutes_of(phase: str, people: int) -> int:
    """The minutes of one phase."""
    return next(step.minutes for step in steps(people) if step.phase == phase)
