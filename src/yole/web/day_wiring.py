"""What the day declares to the rest of the house when the site starts."""

from __future__ import annotations


def ready() -> None:
    from yole.base import deliveries
    from yole.base.registries import HEALTH, NAVIGATION, HealthCheck, NavigationEntry, Retention, declare_retention
    from yole.web import offline_acts, offline_reports
    from yole.web.day_permissions import DAY

    deliveries.declare_offline_act("attendance", offline_acts.attendance)
    deliveries.declare_offline_act("enrolment", offline_acts.enrolment)
    deliveries.declare_offline_act("report", offline_reports.report)
    deliveries.declare_offline_act("report-edit", offline_reports.correction)
    deliveries.declare_offline_act("person", offline_reports.person)
    NAVIGATION.append(NavigationEntry("Ma journée", "web:day", 5, act=DAY))
    HEALTH.append(HealthCheck("envois des appareils", deliveries.health))
    declare_retention(
        Retention(
            table="base_delivery",
            label="Envois des appareils qui ont travaillé sans réseau",
            basis="mission d’intérêt public (RGPD, article 6.1.e)",
            start="réception",
            duration=deliveries.KEPT,
            action="lignes supprimées ; elles ne contiennent que des numéros",
            purge=deliveries.purge,
        )
    )
