"""Paper ballots of one café; included under the desk address of this café (`pk`)."""

from django.urls import path

from yole.debates import views_ballots

urlpatterns = [
    path("", views_ballots.ballots, name="ballots"),
    path("imprimer/", views_ballots.print_form, name="ballots-print"),
    path("lire/", views_ballots.receive, name="ballots-receive"),
    path("taper/", views_ballots.type_in, name="ballots-type"),
    path("compter/", views_ballots.count, name="ballots-count"),
    path("feuilles/<int:sheet>/", views_ballots.look, name="ballots-look"),
    path("feuilles/<int:sheet>/differences/", views_ballots.settle, name="ballots-settle"),
    path("feuilles/<int:sheet>/oublier/", views_ballots.discard, name="ballots-discard"),
    path("<slug:code>/bulletins.pdf", views_ballots.sheets_pdf, name="ballots-pdf"),
]
