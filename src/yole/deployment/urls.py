from __future__ import annotations

from django.urls import path

from yole.deployment import views, views_tours

app_name = "deployment"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("nouveau/", views.scenario_new, name="new"),
    path("tournees/", views_tours.listing, name="tours"),
    path("tournees/nouvelle/", views_tours.new, name="tour-new"),
    path("tournees/<int:pk>/", views_tours.plan_page, name="tour"),
    path("tournees/<int:pk>/placer/", views_tours.put, name="tour-put"),
    path("tournees/<int:pk>/enlever/", views_tours.take_off, name="tour-take-off"),
    path("tournees/<int:pk>/arret/<slug:key>/", views_tours.stop, name="tour-stop"),
    path("tournees/<int:pk>/recalculer/", views_tours.recompute, name="tour-recompute"),
    path("tournees/<int:pk>/publier/", views_tours.publish, name="tour-publish"),
    path("tournees/<int:pk>/retirer/", views_tours.withdraw, name="tour-withdraw"),
    path("tournees/<int:pk>/supprimer/", views_tours.remove, name="tour-remove"),
    path("tournees/<int:pk>/tournee.csv", views_tours.plan_csv, name="tour-csv"),
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
