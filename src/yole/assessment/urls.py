from django.urls import include, path

from yole.assessment import views, views_offline

app_name = "assessment"
urlpatterns = [
    path("", views.intro, name="intro"),
    path("exercices/", include("yole.assessment.urls_tasks")),
    path("", include("yole.assessment.urls_desk")),
    path("hors-ligne/", views_offline.page, name="offline"),
    path("hors-ligne/questions.json", views_offline.questions, name="offline-questions"),
    path("hors-ligne/service.js", views_offline.worker, name="offline-worker"),
    path("hors-ligne/envoi/", views_offline.receive, name="offline-send"),
    path("commencer/", views.start, name="start"),
    path("reprendre/", views.resume, name="resume"),
    path("q/<str:code>/", views.question, name="question"),
    path("q/<str:code>/plus-tard/", views.later, name="later"),
    path("q/<str:code>/arreter/", views.stop, name="stop"),
    path("q/<str:code>/encore/", views.go_on, name="go-on"),
    path("q/<str:code>/resultat/", views.result, name="result"),
]
