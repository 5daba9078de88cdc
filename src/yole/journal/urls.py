from django.urls import path

from yole.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("mes-actes/", views.mine, name="mine"),
    path("tete/", views.head, name="head"),
    path("export/", views.export, name="export"),
    path("cle.json", views.public_key, name="key"),
    path("tete.json", views.public_head, name="public-head"),
]
