from django.urls import include, path

from yole.passport import views_awards, views_desk, views_public

app_name = "passport"

_desk = [
    path("", views_desk.desk, name="desk"),
    path("jury/nouveau/", views_desk.jury_new, name="jury-new"),
    path("jury/<int:pk>/", views_desk.jury_page, name="jury"),
    path("jury/<int:pk>/candidat/", views_desk.candidate_new, name="candidate-new"),
    path("jury/<int:pk>/attribuer/", views_desk.award_many, name="award-many"),
    path("jury/<int:pk>/clore/", views_desk.close, name="jury-close"),
    path("jury/<int:pk>/exception/", views_desk.exception, name="exception"),
    path("jury/<int:pk>/exception/<int:number>/signer/", views_desk.exception_sign, name="exception-sign"),
    path("jury/<int:pk>/ceremonie.pdf", views_desk.ceremony, name="ceremony"),
    path("candidat/<uuid:pk>/", views_desk.candidacy_page, name="candidacy"),
    path("candidat/<uuid:pk>/decision/", views_desk.decide, name="decide"),
    path("candidat/<uuid:pk>/diagnostic/", views_desk.sitting, name="sitting"),
    path("candidat/<uuid:pk>/reponse.pdf", views_desk.answer, name="answer"),
    path("passeports/", views_awards.awards, name="awards"),
    path("passeports/<uuid:pk>/", views_awards.award_page, name="award"),
    path("passeports/<uuid:pk>/etat/", views_awards.award_state, name="award-state"),
    path("passeports/<uuid:pk>/code.pdf", views_awards.claim_sheet, name="claim-sheet"),
    path("passeports/<uuid:pk>/nouveau-code/", views_awards.reissue, name="reissue"),
    path("programmes/", views_awards.schemes, name="schemes"),
    path("niveau/<int:pk>/", views_awards.level_edit, name="level-edit"),
    path("cles/", views_awards.keys_page, name="keys"),
    path("cles/renouveler/", views_awards.rotate, name="rotate"),
    path("chiffres/", views_awards.figures, name="figures"),
    path("chiffres.csv", views_awards.figures_csv, name="figures-csv"),
]
urlpatterns = [
    path("", views_public.home, name="home"),
    path("verifier/", views_public.verify, name="verify"),
    path("niveaux/<slug:scheme>/<slug:code>/", views_public.level_page, name="level"),
    path("listes/<int:number>", views_public.status_list, name="list"),
    path("listes/<int:number>/suspensions", views_public.suspensions, name="suspensions"),
    path("mien/", views_public.claim, name="claim"),
    path("mien/passeport/", views_public.mine_page, name="mine"),
    path("mien/fermer/", views_public.close, name="close"),
    path("mien/<slug:kind>/papier/", views_public.paper, name="paper"),
    path("mien/<slug:kind>/passeport.<slug:form>", views_public.download, name="download"),
    path("equipe/", include(_desk)),
]
