from django.urls import include, path

from yole.places import views, views_open_data

app_name = "places"
urlpatterns = [
    path("", views.search_page, name="search"),
    path("tous/", views.all_places, name="all"),
    path("bus/", views.buses, name="buses"),
    path("bus/arrets.ics", views.buses_ics, name="buses-ics"),
    path("donnees/", views_open_data.page, name="open-data"),
    path("donnees/lieux.csv", views_open_data.mednum, name="mednum"),
    path("donnees/data-inclusion.json", views_open_data.data_inclusion, name="data-inclusion"),
    path("<int:pk>/", views.place_without_name, name="place-short"),
    path("<int:pk>-<slug:slug>/", views.place_page, name="place"),
    path("<int:pk>/fiche/", views.sheet, name="sheet"),
    path("<int:pk>/fiche.pdf", views.sheet_pdf, name="sheet-pdf"),
    path("<int:pk>/arrets.ics", views.place_ics, name="place-ics"),
    path("<int:pk>/signaler/", views.report, name="report"),
    path("<int:pk>/signaler/merci/", views.reported, name="reported"),
    path("coordination/", include("yole.places.desk_urls")),
]
