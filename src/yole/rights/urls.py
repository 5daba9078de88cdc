from django.urls import path

from yole.rights import views_desk, views_keep, views_public, views_sheet

app_name = "rights"

urlpatterns = [
    path("", views_public.home, name="home"),
    path("question/", views_public.question, name="question"),
    path("resultats/", views_public.results_page, name="results"),
    path("garder/", views_keep.keep, name="keep"),
    path("reprendre/", views_keep.resume, name="resume"),
    path("feuille.pdf", views_sheet.sheet, name="sheet"),
    path("parametres/", views_sheet.parameters, name="parameters"),
    path("mandat/", views_sheet.mandate_page, name="mandate"),
    path("mandat.pdf", views_sheet.mandate_pdf, name="mandate-pdf"),
    path("regles/", views_public.rules, name="rules"),
    path("equipe/", views_desk.desk, name="desk"),
    path("equipe/une-page/", views_desk.expert, name="expert"),
    path("equipe/suivre/", views_desk.follow, name="follow"),
    path("equipe/suivi/<uuid:pk>/", views_desk.follow_up, name="follow-up"),
    path("equipe/suivi/<uuid:pk>/<slug:act>/", views_desk.follow_up_act, name="follow-up-act"),
    path("equipe/liste/", views_desk.screen, name="screen"),
    path("equipe/chiffres/", views_desk.figures, name="figures"),
]
