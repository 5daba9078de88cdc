from django.urls import path

from yole.web import desk, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("espace-pro/", desk.home, name="desk"),
]
