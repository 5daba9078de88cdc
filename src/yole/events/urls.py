from __future__ import annotations

from django.urls import include, path

from yole.events import views, views_call, views_mine
from yole.events.urls_exchange import urlpatterns as exchange

app_name = "events"

# A slug has no hyphen: the fixed addresses all have one, and can not be taken for an edition.
urlpatterns = [
    path("", views.list_page, name="list"),
    path("mon-code/", views_mine.code_page, name="code"),
    path("mon-inscription/", views_mine.mine_page, name="mine"),
    path("mon-inscription/confirmation/", views_mine.confirmation, name="confirmation"),
    path("mon-inscription/seance/", views_mine.seat, name="seat"),
    path("mon-inscription/annuler/", views_mine.cancel_mine, name="cancel-mine"),
    path("mon-inscription/fermer/", views_mine.close, name="close"),
    path("mon-inscription/annulation/<str:token>/", views_mine.cancel_link, name="cancel"),
    path("mon-inscription/lien/<str:token>/", views_mine.mine_link, name="mine-link"),
    path("ma-proposition/", views_call.proposal, name="proposal"),
    path("ma-proposition/modifier/", views_call.proposal_edit, name="proposal-edit"),
    path("ma-proposition/confirmer/", views_call.proposal_confirm, name="proposal-confirm"),
    path("ma-proposition/retirer/", views_call.proposal_withdraw, name="proposal-withdraw"),
    path("ma-proposition/lien/<str:token>/", views_call.proposal_link, name="proposal-link"),
    path("espace-pro/", include("yole.events.desk_urls")),
    *exchange,
    path("<slug:slug>/", views.programme, name="programme"),
    path("<slug:slug>/changements/", views.changes, name="changes"),
    path("<slug:slug>/enseignements/", views.takeaways, name="takeaways"),
    path("<slug:slug>/inscription/", views_mine.register, name="register"),
    path("<slug:slug>/inscription/note/", views_mine.noted, name="noted"),
    path("<slug:slug>/proposer/", views_call.propose, name="propose"),
    path("<slug:slug>/seance/<int:number>/", views.slot_page, name="slot"),
    path("<slug:slug>/seance/<int:number>/avis/", views.feedback, name="feedback"),
]
