from django.urls import path

from yole.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("pro/", views.desk, name="desk"),
]
