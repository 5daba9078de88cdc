from __future__ import annotations

from django.urls import path

from yole.deployment import views

app_name = "deployment"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("nouveau/", views.scenario_new, name="new"),
    path("comparer/", views.compare, name="compare"),
    path("scenario/<int:pk>/", views.scenario_page, name="scenario"),
    path("scenario/<int:pk>/arreter/", views.stop, name="stop"),
    path("scenario/<int:pk>/relancer/", views.relaunch, name="relaunch"),
    path("scenario/<int:pk>/decision/", views.decide, name="decide"),
    path("scenario/<int:pk>/plan.geojson", views.plan_geojson, name="plan-geojson"),
    path("scenario/<int:pk>/plan.csv", views.plan_csv, name="plan-csv"),
    path("scenario/<int:pk>/plan.pdf", views.plan_pdf, name="plan-pdf"),
    path("scenario/<int:pk>/demande.csv", views.demand_csv, name="demand-csv"),
    path("scenario/<int:pk>/existants.csv", views.existing_csv, name="existing-csv"),
]
