from django.urls import path

from yole.territory import views

app_name = "territory"
urlpatterns = [
    path("communes/", views.communes, name="communes"),
    path("communes.csv", views.communes_csv, name="communes-csv"),
    path("communes.json", views.suggestions, name="suggestions"),
    path("quartiers/", views.quartiers, name="quartiers"),
    path("quartiers/<int:quartier_id>/renommer/", views.rename, name="quartier-rename"),
    path("quartiers/<int:quartier_id>/retirer/", views.remove, name="quartier-remove"),
]
