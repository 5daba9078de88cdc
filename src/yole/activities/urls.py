from django.urls import include, path

from yole.activities import views, views_coordination, views_files

app_name = "activities"
urlpatterns = [
    path("", views.listing, name="list"),
    path("imprimer/", views.listing_print, name="print"),
    path("nouvelle/", views.new, name="new"),
    path("exporter/", views_files.export, name="export"),
    path("importer/", views_files.imports, name="imports"),
    path("importer/<int:pk>/", views_files.import_, name="import"),
    path("importer/<int:pk>/refusees.csv", views_files.import_refused, name="import-refused"),
    path("coordination/", views_coordination.listing, name="coordinations"),
    path("coordination/exporter/", views_files.export_coordination, name="coordination-export"),
    path("coordination/nouvelle/<slug:kind>/", views_coordination.new, name="coordination-new"),
    path("coordination/<uuid:pk>/", views_coordination.edit, name="coordination-edit"),
    path("coordination/<uuid:pk>/supprimer/", views_coordination.delete, name="coordination-delete"),
    path("statistiques/", include("yole.activities.statistics_urls")),
    path("durees/", views.preferences, name="preferences"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/enregistree/", views.saved, name="saved"),
    path("<uuid:pk>/corriger/", views.edit, name="edit"),
    path("<uuid:pk>/supprimer/", views.delete, name="delete"),
    path("<uuid:pk>/retablir/", views.restore, name="restore"),
]
