"""What people write: received as typed, read by a person before it is shown, put together by a person, taken apart again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.debates.engine import similar
from yole.debates.enums import OVERTIME, CafeState, ContributionKind, Moderation
from yole.debates.guards import hosted
from yole.debates.models import Cafe, CafeStatement, Contribution, Merge, SentIdea
from yole.organisations.models import Account

LONGEST = 280
PER_DEVICE = 10
PER_PERSON, LEAST_OF_A_ROOM = 10, 100
_READ = (CafeState.OPEN, CafeState.CLOSED)


def clean(text: str) -> str:
    """One line, without control or direction marks; what looks like a script stays text. Raises Refused when empty or too long."""
    plain = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    words = " ".join(plain.split())
    if not words:
        raise Refused(_("Écrivez d’abord votre phrase."), field="text", code="missing")
    if len(words) > LONGEST:
        over = len(words) - LONGEST
        raise Refused(_("Votre phrase a %(n)d caractères de trop.") % {"n": over}, field="text", code="too-long")
    return words


def most_texts(cafe: Cafe) -> int:
    """How many texts a room may send: a robot does not bury the host."""
    return max(LEAST_OF_A_ROOM, PER_PERSON * (cafe.people_counted or cafe.people_expected))


@transaction.atomic
def write(cafe_id: int, kind: str, text: str, theme: str = "", *, already: int = 0) -> Contribution:
    """A text sent from a telephone: it waits for the host. `already`: texts that this device sent before. Raises Refused."""
    cafe = Cafe.objects.select_for_update(no_key=True).filter(pk=cafe_id, state=CafeState.OPEN).first()
    if cafe is None or timezone.now() > cafe.ends_at + OVERTIME:
        raise Refused(_("La salle est fermée."), remedy=_("Regardez l’heure du café, ou parlez à la personne qui anime."), code="closed")
    if already >= PER_DEVICE:
        raise Refused(
            _("Vous avez déjà écrit %(n)d phrases.") % {"n": already},
            remedy=_("Dites la suite à voix haute, ou sur papier."),
            code="enough",
        )
    return _keep(cafe, kind, text, theme, Moderation.TO_READ)


@transaction.atomic
def write_for_the_room(account: Account | None, cafe_id: int, kind: str, text: str, theme: str = "") -> Contribution:
    """A text on paper or said aloud, typed by the host as its author labelled it: read already, so published. Raises Refused."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    made = _keep(cafe, kind, text, theme, Moderation.PUBLISHED)
    made.moderated_by = account
    made.save(update_fields=["moderated_by"])
    return made


def _keep(cafe: Cafe, kind: str, text: str, theme: str, moderation: Moderation) -> Contribution:
    if kind not in ContributionKind.values:
        raise Refused(_("Dites si c’est une crainte, un espoir, une idée ou une question."), field="kind", code="missing")
    words = clean(text)
    if cafe.contributions.count() >= most_texts(cafe):
        raise Refused(_("La salle a déjà envoyé beaucoup de phrases."), remedy=_("Dites la vôtre à voix haute."), code="full")
    return Contribution.objects.create(cafe=cafe, kind=kind, text=words, theme=" ".join(theme.split())[:60], moderation=moderation)


def _contribution(account: Account | None, cafe_id: int, contribution_id: int) -> tuple[Cafe, Contribution]:
    cafe = hosted(account, cafe_id, states=_READ)
    found = Contribution.objects.select_for_update(no_key=True, of=("self",)).filter(pk=contribution_id, cafe=cafe).first()
    if found is None or found.erased_at is not None:
        raise Refused("Ce texte n’existe plus.", code="unknown", status=404)
    return cafe, found


@transaction.atomic
def publish(account: Account | None, cafe_id: int, contribution_id: int, theme: str | None = None) -> Contribution:
    """Shows a text to the room; `theme` when the host puts it in a cloud. Its words and its kind are the author's. Raises Refused."""
    _, found = _contribution(account, cafe_id, contribution_id)
    found.moderation, found.moderation_reason, found.moderated_by = Moderation.PUBLISHED, "", account
    if theme is not None:
        found.theme = " ".join(theme.split())[:60]
    found.save(update_fields=["moderation", "moderation_reason", "moderated_by", "theme"])
    return found


@transaction.atomic
def refuse(account: Account | None, cafe_id: int, contribution_id: int, reason: str) -> Contribution:
    """Keeps a text from being shown, with the reason. Raises Refused when it was merged, put to the vote or sent to the roadmap."""
    _, found = _contribution(account, cafe_id, contribution_id)
    words = " ".join(reason.split())[:200]
    if not words:
        raise Refused("Dites pourquoi ce texte est écarté.", field="reason", code="missing")
    if found.merged_into_id or found.merged.exists():
        raise Refused("Ce texte est fusionné avec un autre.", remedy="Défaites la fusion d’abord.", code="merged")
    used = CafeStatement.objects.filter(version__origin=found).exists() or SentIdea.objects.filter(contribution=found).exists()
    if used:
        raise Refused("Ce texte est au vote, ou parti à la feuille de route.", code="used")
    found.moderation, found.moderation_reason, found.moderated_by = Moderation.REFUSED, words, account
    found.save(update_fields=["moderation", "moderation_reason", "moderated_by"])
    return found


@transaction.atomic
def merge(account: Account | None, cafe_id: int, contribution_id: int, into_id: int) -> Merge:
    """Says that two published texts say the same: the first counts with the second, and both stay. Raises Refused."""
    _, found = _contribution(account, cafe_id, contribution_id)
    _, into = _contribution(account, cafe_id, into_id)
    if found.pk == into.pk:
        raise Refused("Choisissez deux textes différents.", code="same")
    if found.moderation != Moderation.PUBLISHED or into.moderation != Moderation.PUBLISHED:
        raise Refused("Publiez les deux textes d’abord.", code="not-published")
    if found.merged_into_id or into.merged_into_id:
        raise Refused("Un de ces textes est déjà fusionné.", remedy="Défaites la fusion d’abord.", code="merged")
    if found.kind != into.kind:
        raise Refused("Leurs auteurs ne les ont pas rangés sous le même mot.", remedy="Gardez les deux.", code="kind")
    # What was merged with the first text follows it: one level, so that counts are plain and undoing is too.
    if found.merged.exists():
        raise Refused("D’autres textes comptent déjà avec celui-ci.", remedy="Fusionnez dans l’autre sens.", code="has-merged")
    found.merged_into = into
    found.save(update_fields=["merged_into"])
    return Merge.objects.create(contribution=found, into=into, by=account)


@transaction.atomic
def undo_merge(account: Account | None, cafe_id: int, contribution_id: int) -> Contribution:
    """Takes two texts apart again; the history says who did what. Raises Refused."""
    _, found = _contribution(account, cafe_id, contribution_id)
    if found.merged_into_id is None:
        raise Refused("Ce texte n’est pas fusionné.", code="not-merged")
    found.merged_into = None
    found.save(update_fields=["merged_into"])
    Merge.objects.filter(contribution=found, undone_at__isnull=True).update(undone_at=timezone.now(), undone_by=account)
    return found


@dataclass(frozen=True, slots=True)
class Alike:
    """Two texts that may say the same. `first` came first."""

    first: Contribution
    second: Contribution
    share: float


def alike(cafe: Cafe) -> list[Alike]:
    """Published texts of one kind that look alike, the most alike first, for a person to merge or not."""
    texts = list(cafe.contributions.filter(moderation=Moderation.PUBLISHED, merged_into__isnull=True).exclude(Q(text="")).order_by("pk"))
    found = []
    for kind in ContributionKind.values:
        same = [one for one in texts if one.kind == kind]
        found += [Alike(same[i], same[j], share) for i, j, share in similar.pairs([one.text for one in same])]
    return sorted(found, key=lambda pair: (-pair.share, pair.first.pk, pair.second.pk))[: similar.MOST_PAIRS]
