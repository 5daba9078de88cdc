from django.urls import path

from yole.web import day_views, desk, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("espace-pro/", desk.home, name="desk"),
    path("espace-pro/accueil/", day_views.start, name="start"),
    path("espace-pro/journee/", day_views.day, name="day"),
    path("espace-pro/journee/activite/", day_views.report, name="day-report"),
    path("espace-pro/journee/inscription/", day_views.enrol, name="day-enrol"),
    path("espace-pro/journee/a-regler/<uuid:key>/", day_views.settle, name="day-settle"),
    path("espace-pro/journee/donnees/", day_views.data, name="day-data"),
    path("espace-pro/journee/envois/", day_views.receive, name="day-deliveries"),
    path("espace-pro/journee/app/", day_views.shell, name="day-shell"),
    path("espace-pro/journee/app/<str:version>/<str:name>.js", day_views.script, name="day-script"),
    path("espace-pro/journee/service.js", day_views.service_worker, name="day-service"),
    path("espace-pro/journee/app.webmanifest", day_views.manifest, name="day-manifest"),
]
