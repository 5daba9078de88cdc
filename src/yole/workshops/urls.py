from django.urls import include, path

from yole.workshops import feeds, views, views_mine

app_name = "workshops"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("calendrier/", views.calendar_page, name="calendar"),
    path("nouveautes.rss", feeds.NewSessions(), name="rss"),
    path("programme/<slug:slug>/", views.programme_page, name="programme"),
    path("programme/<slug:slug>.ics", feeds.programme_ics, name="programme-ics"),
    path("seance/<int:pk>/", views.session_page, name="session"),
    path("seance/<int:pk>/note/", views.noted, name="noted"),
    path("seance/<int:pk>.ics", feeds.session_ics, name="session-ics"),
    path("code/", views_mine.code_page, name="code"),
    path("inscription/", views_mine.mine_page, name="mine"),
    path("inscription/confirmation/", views_mine.confirmation, name="confirmation"),
    path("inscription/reponse/", views_mine.answer, name="answer"),
    path("inscription/modifier/", views_mine.change, name="change"),
    path("inscription/annuler/", views_mine.cancel_mine, name="cancel-mine"),
    path("inscription/fermer/", views_mine.close, name="close"),
    path("inscription/carte.pdf", views_mine.card, name="card"),
    path("inscription/avis/<int:pk>/", views_mine.evaluation, name="evaluation"),
    path("inscription/attestation-<int:pk>.pdf", views_mine.certificate, name="certificate"),
    path("agenda/<str:token>.ics", feeds.booking_ics, name="booking-ics"),
    path("annuler/<str:token>/", views_mine.cancel_link, name="cancel"),
    path("offre/<str:token>/", views_mine.offer_link, name="offer"),
    path("equipe/", include("yole.workshops.desk_urls")),
]
