"""Addresses of the desk, in the namespace `assessment`."""

from django.urls import path

from yole.assessment import views_bank as bank
from yole.assessment import views_desk as desk
from yole.assessment import views_paper as paper
from yole.assessment import views_parameters as parameters
from yole.assessment import views_triage as triage

urlpatterns = [
    path("reperage/", triage.triage, name="desk-triage"),
    path("reperage/<uuid:pk>/", triage.result, name="desk-triage-result"),
    path("equipe/", desk.sittings, name="desk-sittings"),
    path("equipe/diagnostics.csv", desk.sittings_csv, name="desk-sittings-csv"),
    path("equipe/nouveau/", desk.give, name="desk-give"),
    path("equipe/passations/<uuid:pk>/", desk.sitting, name="desk-sitting"),
    path("equipe/passations/<uuid:pk>/feuille.pdf", desk.sitting_pdf, name="desk-sitting-pdf"),
    path("equipe/groupes/", desk.groups, name="desk-groups"),
    path("equipe/groupes/<int:pk>/", desk.group, name="desk-group"),
    path("equipe/papier/", paper.papers, name="desk-papers"),
    path("equipe/papier/preparer/", paper.make, name="desk-paper-make"),
    path("equipe/papier/<int:pk>/recopier/", paper.type_in, name="desk-type-in"),
    path("equipe/papier/<int:pk>/<slug:kind>/", paper.sheet, name="desk-paper"),
    path("equipe/papier/<int:pk>/<slug:kind>.pdf", paper.sheet_pdf, name="desk-paper-pdf"),
    path("equipe/questions/", bank.items, name="desk-items"),
    path("equipe/questions/charger/", bank.load_shipped, name="desk-load-shipped"),
    path("equipe/questions/importer/", bank.import_new, name="desk-import-new"),
    path("equipe/questions/importer/<uuid:key>/", bank.import_, name="desk-import"),
    path("equipe/questions/export/<slug:form>/", bank.export, name="desk-items-export"),
    path("equipe/questions/<slug:key>/", bank.item, name="desk-item"),
    path("equipe/calibrage/", parameters.parameters, name="desk-parameters"),
    path("equipe/calibrage/<int:pk>/", parameters.proposal, name="desk-proposal"),
]
