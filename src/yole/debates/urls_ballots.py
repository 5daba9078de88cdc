"""Paper ballots of one café; included under the desk address of cafés."""

from django.urls import path

from yole.debates import views_ballots

urlpatterns = [
    path("<int:pk>/bulletins/", views_ballots.ballots, name="ballots"),
    path("<int:pk>/bulletins/imprimer/", views_ballots.print_form, name="ballots-print"),
    path("<int:pk>/bulletins/lire/", views_ballots.receive, name="ballots-receive"),
    path("<int:pk>/bulletins/taper/", views_ballots.type_in, name="ballots-type"),
    path("<int:pk>/bulletins/compter/", views_ballots.count, name="ballots-count"),
    path("<int:pk>/bulletins/feuilles/<int:sheet>/", views_ballots.look, name="ballots-look"),
    path("<int:pk>/bulletins/feuilles/<int:sheet>/differences/", views_ballots.settle, name="ballots-settle"),
    path("<int:pk>/bulletins/feuilles/<int:sheet>/oublier/", views_ballots.discard, name="ballots-discard"),
    path("<int:pk>/bulletins/<slug:code>/bulletins.pdf", views_ballots.sheets_pdf, name="ballots-pdf"),
]
