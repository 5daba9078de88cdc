"""Addresses of the desk, under `/ateliers/equipe/`, in the namespace `workshops`."""

from django.urls import path

from yole.workshops import desk_views as desk
from yole.workshops import desk_views_attendance as attendance
from yole.workshops import desk_views_enrol as enrol
from yole.workshops import desk_views_plan as plan

urlpatterns = [
    path("", desk.agenda, name="desk-agenda"),
    path("seances.csv", desk.sessions_csv, name="desk-sessions-csv"),
    path("programmes/", plan.programmes, name="desk-programmes"),
    path("programmes/nouveau/", plan.programme_new, name="desk-programme-new"),
    path("programmes/<int:pk>/", plan.programme, name="desk-programme"),
    path("programmes/<int:pk>/modifier/", plan.programme_edit, name="desk-programme-edit"),
    path("programmes/<int:pk>/seances/nouvelle/", plan.session_new, name="desk-session-new"),
    path("programmes/<int:pk>/parcours/nouveau/", plan.cohort_new, name="desk-cohort-new"),
    path("programmes/<int:pk>/rendez-vous/nouveaux/", plan.appointments_new, name="desk-appointments-new"),
    path("seances/<int:pk>/", desk.session_page, name="desk-session"),
    path("seances/<int:pk>/deplacer/", plan.move, name="desk-move"),
    path("seances/<int:pk>/annuler/", plan.cancel, name="desk-cancel"),
    path("seances/<int:pk>/places/", plan.places, name="desk-places"),
    path("seances/<int:pk>/inscrire/", enrol.enrol, name="desk-enrol"),
    path("seances/<int:pk>/groupe/", enrol.group, name="desk-group"),
    path("seances/<int:pk>/orienter/", enrol.prescribe, name="desk-prescribe"),
    path("seances/<int:pk>/presences/", attendance.attendance, name="desk-attendance"),
    path("seances/<int:pk>/emargement.pdf", attendance.sheet_pdf, name="desk-sheet"),
    path("seances/<int:pk>/attestation-<int:booking>.pdf", attendance.certificate_pdf, name="desk-certificate"),
    path("seances/<int:pk>/inscriptions.csv", attendance.enrolments_csv, name="desk-enrolments-csv"),
    path("seances/<int:pk>/avis/", attendance.tally, name="desk-tally"),
    path("inscriptions/<int:pk>/", desk.booking_page, name="desk-booking"),
    path("inscriptions/<int:pk>/carte.pdf", desk.booking_card, name="desk-card"),
    path("orientations/", enrol.prescriptions, name="desk-prescriptions"),
    path("appels/", enrol.calls, name="desk-calls"),
    path("appels.pdf", enrol.calls_pdf, name="desk-calls-pdf"),
    path("messages/", enrol.outbox, name="desk-outbox"),
    path("messages/<int:pk>/", enrol.message, name="desk-message"),
    path("statistiques/", attendance.statistics, name="desk-statistics"),
    path("statistiques.csv", attendance.statistics_csv, name="desk-statistics-csv"),
    path("reglages/", plan.settings_page, name="desk-settings"),
]
