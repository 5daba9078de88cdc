from django.urls import path

from yole.reference import views

app_name = "reference"

urlpatterns = [
    path("", views.search, name="search"),
    path("toutes/", views.index, name="index"),
    path("relire/", views.plain, name="plain"),
    path("equipe/", views.desk, name="desk"),
    path("equipe/mots/", views.synonyms, name="synonyms"),
    path("equipe/mots/<int:pk>/", views.synonym_act, name="synonym-act"),
    path("equipe/<slug:code>/verifier/", views.verify, name="verify"),
    path("fiche/<slug:code>/", views.sheet, name="sheet"),
]
