"""Addresses of exchange, feeds, documents and the door."""

from __future__ import annotations

from django.urls import path

from yole.events import views_door, views_exchange

urlpatterns = [
    path("espace-pro/porte-hors-ligne/app/", views_door.app, name="door-app"),
    path("espace-pro/porte-hors-ligne/service.js", views_door.service_worker, name="door-service"),
    path("espace-pro/porte-hors-ligne/envois/", views_door.receive, name="door-deliveries"),
    path("espace-pro/porte-hors-ligne/<str:version>/<str:name>.js", views_door.script, name="door-script"),
    path("espace-pro/<slug:slug>/porte/", views_door.door, name="door"),
    path("espace-pro/<slug:slug>/porte/donnees/", views_door.data, name="door-data"),
    path("espace-pro/<slug:slug>/porte/donnees/porte/", views_door.equip, name="door-equip"),
    path("espace-pro/<slug:slug>/porte/feuille.pdf", views_door.sheet, name="door-sheet"),
    path("espace-pro/<slug:slug>/porte/saisie/", views_door.typed, name="door-typed"),
    path("<slug:slug>/schedule.xml", views_exchange.schedule_xml, name="schedule-xml"),
    path("<slug:slug>/schedule.json", views_exchange.schedule_json, name="schedule-json"),
    path("<slug:slug>/schedule.ics", views_exchange.schedule_ics, name="schedule-ics"),
    path("<slug:slug>/schedule.csv", views_exchange.schedule_csv, name="schedule-csv"),
    path("<slug:slug>/<int:number>.ics", views_exchange.slot_ics, name="slot-ics"),
]
