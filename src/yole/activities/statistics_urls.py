"""Addresses of the statistics, included by the room under `statistiques/`."""

from django.urls import path

from yole.activities import statistics_views as views

urlpatterns = [
    path("", views.dashboard, name="statistics"),
    path("tableau/<slug:key>/", views.table, name="statistics-table"),
    path("croisement/", views.cross, name="statistics-cross"),
    path("statistiques.csv", views.as_csv, name="statistics-csv"),
    path("statistiques.xlsx", views.as_xlsx, name="statistics-xlsx"),
    path("partages/", views.links, name="statistics-links"),
    path("partages/<uuid:pk>/retirer/", views.revoke, name="statistics-revoke"),
    path("partage/<str:token>/", views.shared, name="statistics-shared"),
    path("donnees-ouvertes/", views.open_data, name="statistics-open"),
    path("donnees-ouvertes/activites-<int:year>.csv", views.open_csv, name="statistics-open-csv"),
]
