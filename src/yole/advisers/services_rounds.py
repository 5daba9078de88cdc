"""Rounds of matching: simulated, published, answered by both sides, then recruitment.

A round proposes; people decide. What is already accepted or waiting for an answer is not touched by the next round.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.advisers import mails, parity, permissions
from yole.advisers.engine import life, match_report, shown
from yole.advisers.engine.match_problem import Candidates, Posts, Preferences, Problem
from yole.advisers.engine.match_zones import zone_of_commune
from yole.advisers.enums import OPEN, CandidateState, ContractState, Envelope, PostState, RelationState, Rule, Situation
from yole.advisers.models import Candidate, Contract, Host, Post, Relation, Round, ShownLevel
from yole.advisers.services_ledger import held, move
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account
from yole.territory.models import Territory
from yole.territory.selectors import today

ANSWER_DAYS = 10


def problem(territory: Territory, rule: str) -> Problem:
    """Those who are available and the vacant posts, without those who wait for an answer; refused couples are not proposed again."""
    busy = Relation.objects.filter(state__in=OPEN)
    people = list(
        Candidate.objects.filter(territory=territory, state=CandidateState.AVAILABLE)
        .exclude(pk__in=busy.values("candidate"))
        .select_related("commune")
    )
    posts = list(
        Post.objects.filter(host__territory=territory, state=PostState.VACANT)
        .exclude(pk__in=busy.values("post"))
        .filter(host__commune__lat__isnull=False)
        .select_related("host__commune")
    )
    levels = dict(ShownLevel.objects.filter(candidate__in=people, checked_at__isnull=False).values_list("candidate", "level"))
    people.sort(key=lambda one: f"{one.pk:010d}")
    posts.sort(key=lambda one: f"{one.pk:010d}")
    seekers = Candidates(
        ids=[f"{one.pk:010d}" for one in people],
        lat=np.array([one.commune.lat for one in people], dtype=np.float64),
        lon=np.array([one.commune.lon for one in people], dtype=np.float64),
        reach_km=np.array([one.reach_km for one in people], dtype=np.float64),
        available=np.array([one.available_from.toordinal() for one in people], dtype=np.int64),
        experience=np.array([_years(one, levels.get(one.pk), rule) for one in people], dtype=np.float64),
        eligible=np.array([one.experience > 0 or one.situation in (Situation.LEARNING, Situation.GRADUATED) for one in people], dtype=bool),
        skills=[frozenset(one.skills) | shown.skills(levels.get(one.pk, 0)) for one in people],
        zones=[frozenset({zone_of_commune(one.commune_id)}) for one in people],
    )
    offers = Posts(
        ids=[f"{one.pk:010d}" for one in posts],
        lat=np.array([one.host.commune.lat for one in posts], dtype=np.float64),
        lon=np.array([one.host.commune.lon for one in posts], dtype=np.float64),
        starts=np.array([one.starts_on.toordinal() for one in posts], dtype=np.int64),
        places=np.ones(len(posts), dtype=np.int64),
        required=[frozenset(one.skills) for one in posts],
        zone=[zone_of_commune(one.host.commune_id) for one in posts],
    )
    return Problem(seekers, offers, _without_refused(seekers, offers))


def _years(one: Candidate, level: int | None, rule: str) -> int:
    """What a post compares first under a rule, published word for word: see `engine.shown` for the level that somebody shows."""
    if rule == Rule.NEAREST:
        return 0
    return one.experience + (shown.YEARS[level] if rule == Rule.SHOWN and level else 0)


def _without_refused(seekers: Candidates, offers: Posts) -> Preferences:
    """A list of their own, nearest first, for those who or whom a host refused: all posts but these."""
    position = {name: c for c, name in enumerate(seekers.ids)}
    where = {name: p for p, name in enumerate(offers.ids)}
    refused: dict[int, set[int]] = {}
    closed = Relation.objects.filter(state=RelationState.DECLINED, candidate__in=[int(name) for name in seekers.ids])
    for candidate, post in closed.values_list("candidate", "post"):
        if f"{post:010d}" in where:
            refused.setdefault(position[f"{candidate:010d}"], set()).add(where[f"{post:010d}"])
    lists: dict[int, dict[int, int]] = {}
    for c, out in refused.items():
        far = (offers.lat - seekers.lat[c]) ** 2 + ((offers.lon - seekers.lon[c]) * np.cos(np.radians(seekers.lat[c]))) ** 2
        order = [p for p in np.argsort(far, kind="stable").tolist() if p not in out]
        lists[c] = {p: rank for rank, p in enumerate(order, 1)}
    return Preferences(lists, {})


def simulate(account: Account, rule: str) -> match_report.Run:
    """What a round would give under a rule, with the old rule beside it. Writes nothing."""
    require(account, permissions.ROUND)
    return match_report.run(problem(account.territory, rule))


@transaction.atomic
def publish(account: Account, rule: str) -> Round:
    """Runs again and writes the proposals. Raises Refused when there is none, or when the check does not hold."""
    require(account, permissions.ROUND)
    if rule not in Rule.values:
        raise Refused("Choisissez une règle.", field="rule", code="rule")
    Territory.objects.select_for_update().get(pk=account.territory_id)
    done = match_report.run(problem(account.territory, rule))
    if not done.sound:
        raise Refused("La vérification du tour ne tient pas : rien n’est publié.", code="unsound")
    placed = done.placements()
    if not placed:
        raise Refused("Aucun rapprochement possible aujourd’hui.", remedy="Lisez les raisons dans la simulation.", code="empty")
    made = Round.objects.create(
        territory=account.territory,
        rule=rule,
        figures=figures(done, account.territory),
        answer_before=today() + timedelta(days=ANSWER_DAYS),
        by=account,
    )
    Relation.objects.bulk_create(
        Relation(round=made, candidate_id=int(candidate), post_id=int(post), metres=round(km * 1000)) for candidate, post, km in placed
    )
    body = {"rule": rule, "proposals": len(placed)}
    mails.proposals(made)
    record("advisers.publish", reference("account", account.pk), reference("round", made.pk), body)
    return made


def figures(done: match_report.Run, territory: Territory) -> dict[str, Any]:
    """The report without anybody's id: counts, the old rule, reasons counted, parity and zones."""
    told = match_report.report(done)
    kept = {key: told[key] for key in ("stable", "blocking_pairs", "candidates", "posts", "matched", "mean_distance_km", "baseline")}
    for side in ("candidates", "posts"):
        reasons = [left["reason"] for left in told[f"unmatched_{side}"]]
        kept[f"{side}_reasons"] = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    kept["one_more_km"], kept["one_more_week"] = (told["sensitivity"][key]["change"] for key in ("one_more_km", "one_more_week"))
    seen, placed = ([int(pk) for pk in ids] for ids in (done.problem.candidates.ids, [line[0] for line in done.placements()]))
    kept["parity"] = parity.tables(territory, seen, placed)
    return kept


def shift(relation: Relation, to: str) -> None:
    if not life.may_move(life.RELATION, relation.state, to):
        raise Refused(_("Cette proposition est « %(state)s ».") % {"state": relation.get_state_display()}, code="move")
    relation.state = to


def answer(relation_id: int, *, of: Candidate | Host, yes: bool, reason: str = "") -> Relation:
    """A yes or a no of one side, by its code. Raises Refused for somebody else's proposal, or one already closed."""
    with transaction.atomic(), system_scope():
        relation = Relation.objects.select_for_update(of=("self",)).select_related("post", "round").filter(pk=relation_id).first()
        side = "candidate" if isinstance(of, Candidate) else "host"
        mine = relation is not None and (relation.candidate_id if side == "candidate" else relation.post.host_id) == of.pk
        if relation is None or not mine:
            raise Refused(_("Cette proposition n’existe pas."), code="unknown", status=404)
        if relation.state not in OPEN:
            shift(relation, RelationState.DECLINED)
        before = relation.state
        if not yes:
            shift(relation, RelationState.DECLINED)
            relation.reason = reason.strip()[:200]
        else:
            if relation.round.answer_before < today() and relation.state == RelationState.NEW:
                raise Refused(_("Le délai de réponse est passé."), remedy=_("Un prochain tour vous fera une proposition."), code="late")
            moment = timezone.now()
            if side == "candidate":
                relation.candidate_yes_at = relation.candidate_yes_at or moment
            else:
                relation.host_yes_at = relation.host_yes_at or moment
            if relation.candidate_yes_at and relation.host_yes_at and relation.state == RelationState.NEW:
                shift(relation, RelationState.INTERESTED)
        relation.save()
        body = {"from": before, "to": relation.state, "side": side, "yes": yes}
        record("advisers.answer", reference(side, of.pk), reference("relation", relation.pk), body)
        return relation


def relation_of(account: Account, pk: int) -> Relation:
    """A proposal of the account's territory, locked until the end of the transaction. Raises Refused (404) when there is none."""
    require(account, permissions.ROUND)
    rows = Relation.objects.select_for_update(of=("self",)).select_related("post__host", "candidate")
    relation = rows.filter(pk=pk, round__territory=account.territory).first()
    if relation is None:
        raise Refused("Cette proposition n’existe pas.", code="unknown", status=404)
    return relation


@transaction.atomic
def hire(account: Account, pk: int, starts_on: date, ends_on: date) -> Contract:
    """Recruitment after both said yes: the post is filled, its grant engaged, the candidate's other proposals closed."""
    relation = relation_of(account, pk)
    shift(relation, RelationState.HIRED)
    post = Post.objects.select_for_update().get(pk=relation.post_id)
    candidate = Candidate.objects.select_for_update().get(pk=relation.candidate_id)
    if not life.may_move(life.POST, post.state, PostState.FILLED):
        raise Refused("Ce poste n’est pas vacant.", code="move")
    if not life.may_move(life.CANDIDATE, candidate.state, CandidateState.HIRED):
        raise Refused("Cette personne n’est plus disponible.", code="move")
    if starts_on < post.starts_on or ends_on <= starts_on:
        raise Refused(f"Le contrat commence le {post.starts_on:%d/%m/%Y} au plus tôt, et finit après.", field="starts_on", code="dates")
    held_then = Contract.objects.filter(post=post, starts_on__lte=ends_on).exclude(state=ContractState.CANCELLED)
    if held_then.annotate(last=Coalesce("ended_on", "ends_on")).filter(last__gte=starts_on).exists():
        raise Refused("Le poste est déjà tenu à ces dates.", field="starts_on", code="overlap")
    relation.save(update_fields=["state"])
    left = held(post.host.territory, Envelope.POSTS, "reserve", post)
    made = Contract.objects.create(relation=relation, post=post, starts_on=starts_on, ends_on=ends_on, grant=left)
    Post.objects.filter(pk=post.pk).update(state=PostState.FILLED)
    Candidate.objects.filter(pk=candidate.pk).update(state=CandidateState.HIRED, changed_at=timezone.now())
    others = Relation.objects.filter(state__in=OPEN).exclude(pk=relation.pk)
    others.filter(candidate=candidate).update(state=RelationState.ELSEWHERE)
    others.filter(post=post).update(state=RelationState.ELSEWHERE)
    if left:
        move(account, post.host.territory, "engage", left, f"contrat {made.pk}", post=post, contract=made)
    body = {"from": RelationState.INTERESTED, "to": RelationState.HIRED, "engaged": str(left)}
    record("advisers.hire", reference("account", account.pk), reference("relation", relation.pk), body)
    return made
