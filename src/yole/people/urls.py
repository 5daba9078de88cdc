from django.urls import path

from yole.people import views, views_consent, views_data

app_name = "people"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("carte/", views.new_card, name="new-card"),
    path("cartes/", views.card_sheet, name="card-sheet"),
    path("code/", views.open_code, name="open-code"),
    path("nouvelle/", views.new_person, name="new"),
    path("information/", views_consent.notice, name="notice"),
    path("information.pdf", views_consent.notice_pdf, name="notice-pdf"),
    path("doublons/", views_data.pairs, name="pairs"),
    path("doublons/<int:pk>/", views_data.decide, name="decide"),
    path("reunions/", views_data.merges, name="merges"),
    path("reunions/<int:pk>/separer/", views_data.undo, name="undo-merge"),
    path("echeances/", views_data.due, name="due"),
    path("import/", views_data.import_new, name="import"),
    path("import/<uuid:pk>/", views_data.import_preview, name="import-preview"),
    path("reglages/", views_data.settings_page, name="settings"),
    path("partages/<int:pk>/retirer/", views_consent.unshare, name="unshare"),
    path("<uuid:pk>/", views.person_page, name="person"),
    path("<uuid:pk>/faite/", views.card_made, name="card-made"),
    path("<uuid:pk>/carte.pdf", views.card_pdf, name="card-pdf"),
    path("<uuid:pk>/nommer/", views.name_card, name="name"),
    path("<uuid:pk>/modifier/", views.edit, name="edit"),
    path("<uuid:pk>/vue/", views.met, name="met"),
    path("<uuid:pk>/joindre/", views.contact, name="contact"),
    path("<uuid:pk>/montrer/", views_consent.show, name="show"),
    path("<uuid:pk>/accord/", views_consent.consent, name="consent"),
    path("<uuid:pk>/accord/retirer/", views_consent.withdraw, name="withdraw"),
    path("<uuid:pk>/partage/", views_consent.share, name="share"),
    path("<uuid:pk>/garder/", views_data.keep, name="keep"),
    path("<uuid:pk>/export/", views_data.export, name="export"),
    path("<uuid:pk>/effacer/", views_data.erase, name="erase"),
]
