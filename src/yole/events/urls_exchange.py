"""Addresses of exchange, feeds, documents and the door."""

from __future__ import annotations

from django.urls import path

from yole.events import views_door, views_exchange, views_radio, views_tools

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
    path("espace-pro/importer-un-programme/fichier/", views_tools.import_page, name="desk-import"),
    path("espace-pro/<slug:slug>/badges/", views_tools.badges_page, name="desk-badges"),
    path("espace-pro/<slug:slug>/badges.pdf", views_tools.badges_pdf, name="desk-badges-pdf"),
    path("espace-pro/<slug:slug>/web-radio/", views_radio.desk_episodes, name="desk-episodes"),
    path("web-radio/", views_radio.radio, name="radio"),
    path("web-radio/podcast.xml", views_radio.podcast, name="podcast"),
    path("web-radio/<uuid:guid>/", views_radio.episode, name="episode"),
    path("web-radio/<uuid:guid>/transcription.txt", views_radio.transcript, name="episode-transcript"),
    path("web-radio/<uuid:guid>/son.<str:extension>", views_radio.audio, name="episode-audio"),
    path("<slug:slug>/programme.pdf", views_radio.programme_pdf, name="programme-pdf"),
    path("<slug:slug>/nouvelles.xml", views_radio.news, name="news"),
    path("<slug:slug>/integration/", views_tools.embed, name="embed"),
    path("<slug:slug>/schedule.xml", views_exchange.schedule_xml, name="schedule-xml"),
    path("<slug:slug>/schedule.json", views_exchange.schedule_json, name="schedule-json"),
    path("<slug:slug>/schedule.ics", views_exchange.schedule_ics, name="schedule-ics"),
    path("<slug:slug>/schedule.csv", views_exchange.schedule_csv, name="schedule-csv"),
    path("<slug:slug>/<int:number>.ics", views_exchange.slot_ics, name="slot-ics"),
]
