from django.urls import include, path

from yole.advisers import views_desk, views_money, views_public

app_name = "advisers"

_desk = [
    path("", views_desk.desk, name="desk"),
    path("structure/<int:pk>/", views_desk.host, name="host"),
    path("structure/<int:pk>/avis/", views_desk.opinion, name="opinion"),
    path("structure/<int:pk>/decision/", views_desk.decide, name="decide"),
    path("poste/<int:pk>/rendre/", views_desk.return_post, name="return"),
    path("poste/<int:pk>/competences/", views_desk.skills, name="skills"),
    path("poste/<int:pk>/verser/", views_desk.pay, name="pay"),
    path("postes.csv", views_desk.posts_csv, name="posts-csv"),
    path("candidatures/", views_desk.candidates, name="candidates"),
    path("candidatures/<int:pk>/bloquer/", views_desk.block, name="block"),
    path("tour/nouveau/", views_desk.round_new, name="round-new"),
    path("tour/<int:pk>/", views_desk.round_page, name="round"),
    path("tour/<int:pk>/<int:relation>/recruter/", views_desk.hire, name="hire"),
    path("tour/<int:pk>/<int:relation>/rupture/", views_desk.stop, name="stop"),
    path("budget/", views_desk.budget, name="budget"),
    path("budget/enveloppes/", views_money.envelopes, name="envelopes"),
    path("baremes/", views_money.rates, name="rates"),
    path("baremes/<int:pk>/clore/", views_money.close_rate, name="rate-close"),
    path("budget.csv", views_desk.budget_csv, name="budget-csv"),
]
urlpatterns = [
    path("", views_public.home, name="home"),
    path("candidature/", views_public.apply, name="apply"),
    path("candidature/confirmer/<str:token>/", views_public.confirm, name="confirm"),
    path("structure/", views_public.host_apply, name="host-apply"),
    path("suivi/", views_public.follow, name="follow"),
    path("suivi/<slug:code>/", views_public.file, name="file"),
    path("suivi/<slug:code>/reponse/<int:pk>/", views_public.answer, name="answer"),
    path("suivi/<slug:code>/etat/", views_public.change, name="change"),
    path("equipe/", include(_desk)),
]
