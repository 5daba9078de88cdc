from django.urls import include, path

from yole.assessment import views

app_name = "assessment"
urlpatterns = [
    path("", views.intro, name="intro"),
    path("exercices/", include("yole.assessment.urls_tasks")),
    path("", include("yole.assessment.urls_desk")),
    path("commencer/", views.start, name="start"),
    path("reprendre/", views.resume, name="resume"),
    path("q/<str:code>/", views.question, name="question"),
    path("q/<str:code>/plus-tard/", views.later, name="later"),
    path("q/<str:code>/arreter/", views.stop, name="stop"),
    path("q/<str:code>/encore/", views.go_on, name="go-on"),
    path("q/<str:code>/resultat/", views.result, name="result"),
]
