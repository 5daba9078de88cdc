from django.urls import path

from yole.ai_register import views

app_name = "ai_register"

urlpatterns = [
    path("", views.register, name="register"),
    path("registre.json", views.as_json, name="json"),
    path("registre.csv", views.as_csv, name="csv"),
    path("equipe/", views.desk, name="desk"),
    path("equipe/nouveau/", views.new, name="new"),
    path("equipe/<int:pk>/", views.change, name="change"),
    path("equipe/<int:pk>/arreter/", views.stop, name="stop"),
    path("equipe/<slug:key>/relue/", views.read_again, name="read"),
    path("<slug:key>/", views.entry, name="entry"),
]
