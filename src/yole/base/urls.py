from django.urls import path

from yole.base import views

app_name = "base"
urlpatterns = [
    path("langue/", views.set_language, name="language"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("donnees/", views.data, name="data"),
    path("sources/", views.sources, name="sources"),
    path("code/", views.source_code, name="source-code"),
    path("composants/", views.components, name="components"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
