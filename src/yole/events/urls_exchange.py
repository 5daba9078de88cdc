"""Addresses of exchange, feeds, documents and the door."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
