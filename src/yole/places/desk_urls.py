"""Addresses of the coordinator's desk, under /lieux/coordination/ and in the namespace `places`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
