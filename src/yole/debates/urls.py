from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from yole.debates import views_desk, views_public, views_room, views_run, views_territory

app_name = "debates"

_desk: list[URLPattern | URLResolver] = [
    path("", views_desk.desk, name="desk"),
    path("nouveau/", views_desk.new, name="desk-new"),
    path("<int:pk>/", views_desk.cafe_page, name="desk-cafe"),
    path("<int:pk>/modifier/", views_desk.edit, name="desk-edit"),
    path("<int:pk>/annoncer/", views_desk.announce, name="desk-announce"),
    path("<int:pk>/annuler/", views_desk.cancel, name="desk-cancel"),
    path("<int:pk>/kit.pdf", views_desk.kit_pdf, name="desk-kit"),
    path("<int:pk>/affiche.pdf", views_desk.poster_pdf, name="desk-poster"),
    path("<int:pk>/animer/", views_run.run, name="desk-run"),
    path("<int:pk>/animer/recommencer/", views_run.restart, name="desk-restart"),
    path("<int:pk>/animer/tablette/", views_run.tablet, name="desk-tablet"),
    path("<int:pk>/animer/<slug:act>/", views_run.run_act, name="desk-run-act"),
    path("<int:pk>/textes/", views_desk.texts, name="desk-texts"),
    path("<int:pk>/textes/<slug:act>/", views_desk.text_act, name="desk-text-act"),
    path("<int:pk>/phrases/", views_desk.statements, name="desk-statements"),
    path("<int:pk>/phrases/<slug:act>/", views_desk.statement_act, name="desk-statement-act"),
    path("<int:pk>/suites/", views_run.after, name="desk-after"),
    path("<int:pk>/suites/<slug:act>/", views_run.after_act, name="desk-after-act"),
    path("", include("yole.debates.urls_ballots")),
    path("<int:pk>/votes.csv", views_run.votes_csv, name="desk-votes"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_public.cafes, name="list"),
    path("territoire/", views_territory.report, name="territory"),
    path("territoire.json", views_territory.report_json, name="territory-json"),
    path("territoire.csv", views_territory.report_csv, name="territory-csv"),
    path("salle/", views_public.enter, name="enter"),
    path("salle/<str:code>/", views_room.room, name="room"),
    path("salle/<str:code>/ecrire/", views_room.write, name="write"),
    path("salle/<str:code>/textes/", views_room.texts, name="texts"),
    path("salle/<str:code>/voter/", views_room.vote, name="vote"),
    path("salle/<str:code>/contact/", views_room.contact, name="contact"),
    path("salle/<str:code>/ecran/", views_room.screen, name="screen"),
    path("salle/<str:code>/tablette/", views_room.tablet, name="tablet"),
    path("salle/<str:code>/tablette/<str:token>/", views_room.tablet_open, name="tablet-open"),
    path("<int:pk>/", views_public.cafe_page, name="cafe"),
    path("<int:pk>/resultat/", views_public.result, name="result"),
    path("<int:pk>/resultat.pdf", views_public.result_pdf, name="result-pdf"),
    path("<int:pk>/resultat.json", views_public.result_json, name="result-json"),
    path("<int:pk>/resultat.csv", views_public.result_csv, name="result-csv"),
    path("equipe/", include(_desk)),
]
