"""Addresses of the coordinator's desk, under /lieux/coordination/ and in the namespace `places`."""

from django.urls import path

from yole.places import desk_views, desk_views_bus, desk_views_edit, desk_views_imports, desk_views_pairs, desk_views_reports

urlpatterns = [
    path("", desk_views.place_list, name="desk"),
    path("lieux.csv", desk_views.selection_csv, name="desk-csv"),
    path("a-verifier/", desk_views.queue, name="desk-queue"),
    path("a-verifier/passer/", desk_views.skip, name="desk-skip"),
    path("a-verifier/annuler/", desk_views.take_back, name="desk-take-back"),
    path("nouveau/", desk_views_edit.new, name="desk-new"),
    path("<int:pk>/", desk_views.place, name="desk-place"),
    path("<int:pk>/confirmer/", desk_views.confirm, name="desk-confirm"),
    path("<int:pk>/modifier/", desk_views_edit.edit, name="desk-edit"),
    path("<int:pk>/revenir/<int:change>/", desk_views_edit.undo_change, name="desk-undo-change"),
    path("<int:pk>/fermer/", desk_views_edit.close, name="desk-close"),
    path("<int:pk>/rouvrir/", desk_views_edit.reopen, name="desk-reopen"),
    path("<int:pk>/bus/", desk_views_bus.bus, name="desk-bus"),
    path("<int:pk>/bus/arret/", desk_views_bus.stop_new, name="desk-stop-new"),
    path("<int:pk>/bus/arret/<int:stop>/", desk_views_bus.stop_edit, name="desk-stop"),
    path("<int:pk>/bus/arret/<int:stop>/retirer/", desk_views_bus.stop_remove, name="desk-stop-remove"),
    path("<int:pk>/bus/arret/<int:stop>/passage/", desk_views_bus.time_new, name="desk-time-new"),
    path("<int:pk>/bus/passage/<int:line>/", desk_views_bus.time_edit, name="desk-time"),
    path("<int:pk>/bus/passage/<int:line>/retirer/", desk_views_bus.time_remove, name="desk-time-remove"),
    path("<int:pk>/bus/annuler/<int:cancellation>/", desk_views_bus.restore_day, name="desk-restore-day"),
    path("signalements/", desk_views_reports.reports, name="desk-reports"),
    path("signalements/<int:pk>/", desk_views_reports.report, name="desk-report"),
    path("signalements/<int:pk>/rouvrir/", desk_views_reports.reopen, name="desk-report-reopen"),
    path("doublons/", desk_views_pairs.pairs, name="desk-pairs"),
    path("doublons/chercher/", desk_views_pairs.search, name="desk-pairs-search"),
    path("doublons/decisions/", desk_views_pairs.decisions, name="desk-decisions"),
    path("doublons/decisions/<int:pk>/annuler/", desk_views_pairs.undo, name="desk-decision-undo"),
    path("doublons/<int:first>-<int:second>/", desk_views_pairs.pair, name="desk-pair"),
    path("imports/", desk_views_imports.imports, name="desk-imports"),
    path("imports/nouveau/", desk_views_imports.upload, name="desk-import-new"),
    path("imports/<int:pk>/", desk_views_imports.batch, name="desk-import"),
    path("imports/<int:pk>/colonnes/", desk_views_imports.mapping, name="desk-import-columns"),
    path("imports/<int:pk>/apercu/", desk_views_imports.preview, name="desk-import-preview"),
    path("imports/<int:pk>/refus.csv", desk_views_imports.refused, name="desk-import-refused"),
    path("imports/<int:pk>/annuler/", desk_views_imports.undo, name="desk-import-undo"),
    path("imports/<int:pk>/oublier/", desk_views_imports.drop, name="desk-import-drop"),
]
