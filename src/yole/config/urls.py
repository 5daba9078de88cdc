from django.urls import include, path

from yole.passport.views_public import did_document

handler400 = "yole.base.views.bad_request"
handler403 = "yole.base.views.forbidden"
handler404 = "yole.base.views.not_found"
handler500 = "yole.base.views.server_error"

urlpatterns = [
    path("", include("yole.web.urls")),
    path("", include("yole.base.urls")),
    path("compte/", include("yole.organisations.urls")),
    path("territoire/", include("yole.territory.urls")),
    path("journal/", include("yole.journal.urls")),
    path("lieux/", include("yole.places.urls")),
    path("ateliers/", include("yole.workshops.urls")),
    path("personnes/", include("yole.people.urls")),
    path("activites/", include("yole.activities.urls")),
    path("diagnostic/", include("yole.assessment.urls")),
    path(".well-known/did.json", did_document, name="did"),
    path("passeport/", include("yole.passport.urls")),
    path("numerique-en-commun/", include("yole.events.urls")),
    path("cafe-ia/", include("yole.debates.urls")),
    path("feuille-de-route/", include("yole.roadmap.urls")),
    path("fiches/", include("yole.reference.urls")),
    path("droits/", include("yole.rights.urls")),
    path("registre/", include("yole.ai_register.urls")),
    path("conseillers/", include("yole.advisers.urls")),
    path("deploiement/", include("yole.deployment.urls")),
    path("api/", include("yole.api.urls")),
]
