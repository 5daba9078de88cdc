from django.urls import path

from yole.rights import views_desk, views_public

app_name = "rights"

urlpatterns = [
    path("", views_public.home, name="home"),
    path("question/", views_public.question, name="question"),
    path("resultats/", views_public.results_page, name="results"),
    path("regles/", views_public.rules, name="rules"),
    path("equipe/", views_desk.desk, name="desk"),
    path("equipe/une-page/", views_desk.expert, name="expert"),
    path("equipe/suivre/", views_desk.follow, name="follow"),
    path("equipe/suivi/<uuid:pk>/", views_desk.follow_up, name="follow-up"),
    path("equipe/suivi/<uuid:pk>/<slug:act>/", views_desk.follow_up_act, name="follow-up-act"),
    path("equipe/liste/", views_desk.screen, name="screen"),
    path("equipe/chiffres/", views_desk.figures, name="figures"),
]
