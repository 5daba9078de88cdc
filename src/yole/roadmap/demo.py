"""The roadmap of the demonstration: real axes of the national frame, invented commitments that say so, one fed by the activities."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.debates.selectors import SOURCE as CAFES
from yole.debates.selectors import ideas_for_roadmap
from yole.organisations.models import Structure
from yole.roadmap import services, services_chain, services_commitments, services_funding, services_milestones, services_readings
from yole.roadmap.enums import Answer, FundingStatus, Judgement
from yole.roadmap.models import Axis, Commitment, Indicator, Proposal, Reading, Roadmap
from yole.territory.models import Territory
from yole.territory.selectors import today

SOURCE = "Données de démonstration (fictif)"


def load(note: Note) -> None:
    territory = Territory.objects.filter(is_default=True).first()
    if territory is None or Roadmap.objects.filter(territory=territory).exists():
        return
    with system_scope():
        structures = list(Structure.objects.filter(territory=territory, name__contains="fictif").order_by("pk"))
        if not structures:
            return
        _Demonstration(territory, structures).load()
    note("yole : feuille de route de démonstration (fictive) : 6 engagements, 3 propositions.")


class _Demonstration:
    def __init__(self, territory: Territory, structures: list[Structure]) -> None:
        self.territory = territory
        self.structures = structures
        self.day = today()
        self.roadmap = services.create_roadmap(
            None, territory, name="Feuille de route du numérique inclusif (fictif)", starts_on=date(2024, 1, 1), ends_on=date(2028, 12, 31),
            frame=services.install_frame(None, territory), carrier=structures[0], is_fictional=True,
        )  # fmt: skip
        self.axes: dict[int, Axis] = {one.number: one for one in self.roadmap.axes.all()}
        self.committee = services.save_committee(
            None, territory, None, name="Comité de pilotage (fictif)", next_on=self.day + timedelta(days=80)
        )

    def load(self) -> None:
        services.save_objective(
            None, self.axes[1], None, title="100 % des Martiniquais autonomes et en sécurité",
            source="Énoncé en public, sans date ni définition",
        )  # fmt: skip
        kept = self._aides()
        self._reuse()
        self._places()
        self._bus()
        self._survey()
        fed = self._accompaniments()
        self._reviews(kept, fed)
        self._proposals(fed)

    def _commitment(self, axis: int, title: str, start: int, due: int, **more: Any) -> Commitment:
        """`start` and `due`: days from today."""
        fields = {
            "axis": self.axes[axis], "title": title, "starts_on": self._on(start), "due_on": self._on(due),
            "responsible": self.structures[0], "function": "direction", **more,
        }  # fmt: skip
        return services_commitments.create_commitment(None, self.roadmap, is_fictional=True, **fields)

    def _on(self, days: int) -> date:
        return self.day + timedelta(days=days)

    def _indicator(self, of: Commitment, name: str, unit: str, ends: tuple[int, int], **more: Any) -> Indicator:
        """`ends`: baseline and target."""
        fields = {
            "name": name, "definition": f"{name}, comptés une fois chacun (fictif).", "unit": unit, "source": SOURCE,
            "population": "territoire de démonstration", "baseline": Decimal(ends[0]), "baseline_on": of.starts_on,
            "baseline_source": SOURCE, "target": Decimal(ends[1]), "target_on": of.due_on, "periodicity": "trimestrielle",
            "direction": "hausse" if ends[1] >= ends[0] else "baisse", **more,
        }  # fmt: skip
        return services_commitments.add_indicator(None, of, **fields)

    def _read(self, indicator: Indicator, *values: tuple[int, float], margin: int = 0) -> list[Reading]:
        """`values`: (days from today, value)."""
        made = []
        for days, value in values:
            amount = Decimal(str(value))
            ends = (amount - margin, amount + margin) if margin else (None, None)
            given = services_readings.Given(self._on(days), amount, SOURCE, *ends)
            made.append(services_readings.add_reading(None, indicator, given))
        return made

    def _publish(self, commitment: Commitment, days_ago: int) -> Commitment:
        """Published on a day of the past, so that the history reads like one."""
        made = services_commitments.publish(None, commitment)
        made.published_at = timezone.now() - timedelta(days=days_ago)
        made.save(update_fields=["published_at"])
        return made

    def _aides(self) -> Commitment:
        made = self._commitment(
            3, "Former 60 aidants numériques (fictif)", -400, 120, proof="60 attestations", publics="Aidants des structures sociales",
            budget=Decimal(24000), copilots=self.structures[1:2],
        )  # fmt: skip
        readings = self._read(self._indicator(made, "Aidants formés", "personnes", (0, 60)), (-300, 12), (-200, 27), (-100, 66), (-20, 52))
        services_readings.correct_reading(
            None, readings[2], services_readings.Given(readings[2].day, Decimal(41), SOURCE), "Faute de frappe : 66 pour 41 (fictif)"
        )
        services_milestones.add_milestone(None, made, title="Première session (fictif)", due_on=self._on(-320))
        services_milestones.deliver(None, made.milestones.get(), on=self._on(-325), evidence="Feuilles de présence (fictif)")
        return self._publish(made, 380)

    def _reuse(self) -> None:
        made = self._commitment(
            2, "Remettre 200 ordinateurs en service (fictif)", -500, -30, proof="Bordereaux de remise", budget=Decimal(15000)
        )
        self._read(self._indicator(made, "Ordinateurs remis", "appareils", (0, 200)), (-380, 60), (-200, 130), (-60, 214))
        published = self._publish(made, 480)
        services_commitments.judge(
            None,
            published,
            judgement=Judgement.SAME,
            words="Objectif atteint avant l’été (fictif).",
            by="Direction de la structure (fictif)",
        )

    def _places(self) -> None:
        made = self._commitment(
            1, "Ouvrir 4 lieux au sud (fictif)", -400, 220, responsible=self.structures[-1], proof="Lieux ouverts au public"
        )
        self._read(self._indicator(made, "Lieux ouverts", "lieux", (0, 4)), (-200, 1), (-40, 1))
        services_milestones.add_milestone(None, made, title="Bail signé à Rivière-Pilote (fictif)", due_on=self._on(-15))
        self._publish(made, 390)

    def _bus(self) -> None:
        made = self._commitment(
            1, "Deux passages de bus par mois dans chaque commune du nord (fictif)", -360, 360, publics="Habitants du nord"
        )
        self._read(self._indicator(made, "Communes desservies deux fois par mois", "communes", (3, 18)), (-150, 4), (-30, 5))
        self._publish(made, 350)

    def _survey(self) -> None:
        made = self._commitment(4, "Mesurer l’autonomie numérique par enquête (fictif)", -700, 400, proof="Rapport d’enquête public")
        indicator = self._indicator(
            made, "Adultes qui font seuls cinq démarches", "%", (48, 80), periodicity="annuelle", population="Adultes (fictif)",
            definition="Part des adultes qui font seuls les cinq démarches du questionnaire (fictif).",
        )  # fmt: skip
        self._read(indicator, (-690, 48), (-480, 53), (-270, 61), (-60, 66), margin=4)
        self._publish(made, 690)
        self._read(self._indicator(made, "Réponses recueillies", "réponses", (0, 1500), periodicity="annuelle"), (-60, 1507))

    def _accompaniments(self) -> Commitment:
        made = self._commitment(
            1, "Accompagner 2 000 fois d’ici un an (fictif)", -120, 245, proof="Comptes rendus d’activité", publics="Tous",
            national=self.roadmap.frame.engagements.get(number=1) if self.roadmap.frame is not None else None,
        )  # fmt: skip
        indicator = self._indicator(
            made, "Accompagnements", "accompagnements", (0, 2000), measure="activities.accompaniments", periodicity="mensuelle",
            definition="Une personne présente à une activité fait un accompagnement.", source="Activités saisies dans Yole",
        )  # fmt: skip
        published = self._publish(made, 110)
        services_readings.feed(indicator)
        envelope = services_funding.add_envelope(
            None, self.territory, label="Fonds d’ingénierie (fictif)", amount=Decimal(80000), starts_on=date(2025, 1, 1),
            ends_on=date(2027, 12, 31), ceilings={self.territory.departements[0]: Decimal(80000)} if self.territory.departements else {},
        )  # fmt: skip
        services_funding.ask_funding(
            None, published, envelope, asked=Decimal(30000), staff=Decimal(22000), services=Decimal(8000), status=FundingStatus.ACCEPTED,
            beneficiaries=self.structures[:1],
        )  # fmt: skip
        return published

    def _reviews(self, kept: Commitment, fed: Commitment) -> None:
        review = services_chain.hold_review(
            None, self.roadmap, title="Comité de septembre (fictif)", held_on=self._on(-60), committee=self.committee,
            decision="Le comité décale la formation et garde les autres échéances (fictif).", next_on=self._on(80), is_fictional=True,
        )  # fmt: skip
        services_chain.decide(
            None,
            review,
            kept,
            words="Deux mois de plus : une session annulée (fictif).",
            due_on=kept.due_on + timedelta(days=60),
        )
        services_chain.decide(None, review, fed, words="Maintenu (fictif).")

    def _proposals(self, fed: Commitment) -> None:
        def say(words: str, days: int) -> Any:
            return services_chain.add_takeaway(
                None, self.territory, words=words, label="Café IA de démonstration (fictif)", day=self._on(days), is_fictional=True
            )

        evening = [say("Les permanences ferment quand on sort du travail.", -140), say("Il faut quelqu’un le soir et le samedi.", -139)]
        free = say("Un ordinateur gratuit pour chaque famille.", -139)
        sent = ideas_for_roadmap(self.territory)[:1]
        read_again = [services_chain.keep_offer(None, self.territory, CAFES, str(one.id)) for one in sent]
        read_again = read_again or [say("On veut qu’une personne relise avant toute décision.", -30)]
        answers = (
            (
                "Aider aussi le soir et le samedi (fictif)",
                evening,
                Answer.RETAINED,
                "Deux structures ouvrent un soir (fictif).",
            ),
            (
                "Un ordinateur gratuit par famille (fictif)",
                [free],
                Answer.REJECTED,
                "Le budget n’y suffit pas (fictif).",
            ),
            ("Une personne relit avant toute décision (fictif)", read_again, "", ""),
        )
        for title, takeaways, answer, reason in answers:
            made: Proposal = services_chain.create_proposal(None, self.territory, title=title, takeaways=takeaways, is_fictional=True)
            if answer:
                services_chain.answer(None, made, answer=answer, reason=reason, committee=self.committee, day=self._on(-60))
            if answer == Answer.RETAINED:
                made.refresh_from_db()
                services_chain.link(None, made, fed)
