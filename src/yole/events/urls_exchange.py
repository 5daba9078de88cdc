"""Addresses of exchange, feeds, documents and the door."""

from __future__ import annotations

from django.urls import path

from yole.events import views_exchange

urlpatterns = [
    path("<slug:slug>/schedule.xml", views_exchange.schedule_xml, name="schedule-xml"),
    path("<slug:slug>/schedule.json", views_exchange.schedule_json, name="schedule-json"),
    path("<slug:slug>/schedule.ics", views_exchange.schedule_ics, name="schedule-ics"),
    path("<slug:slug>/schedule.csv", views_exchange.schedule_csv, name="schedule-csv"),
    path("<slug:slug>/<int:number>.ics", views_exchange.slot_ics, name="slot-ics"),
]
