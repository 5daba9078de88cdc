from django.urls import path

from yole.organisations import views, views_account, views_factors, views_open, views_structures, views_team

app_name = "organisations"
urlpatterns = [
    # At the door
    path("connexion/", views.sign_in, name="sign-in"),
    path("connexion/lien/", views.ask_link, name="link-ask"),
    path("connexion/lien/envoye/", views.link_sent, name="link-sent"),
    path("connexion/lien/<str:token>/", views.open_link, name="link"),
    path("connexion/second-facteur/", views.second_factor, name="second-factor"),
    path("invitation/<str:token>/", views_open.invitation, name="invitation"),
    path("reinitialiser/<str:token>/", views_open.reset, name="reset"),
    path("deconnexion/", views.sign_out, name="sign-out"),
    # Second factors
    path("securite/", views_factors.set_up, name="set-up"),
    path("securite/application/", views_factors.add_totp, name="add-totp"),
    path("securite/cle/", views_factors.add_passkey, name="add-passkey"),
    path("securite/codes-de-secours/", views_factors.recovery_codes, name="recovery-codes"),
    path("securite/<int:pk>/retirer/", views_factors.remove_factor, name="remove-factor"),
    path("confirmer/", views_factors.confirm, name="confirm"),
    # Own account
    path("", views_account.account, name="account"),
    path("adresse/", views_account.email, name="email"),
    path("adresse/<str:token>/", views_open.new_address, name="email-confirm"),
    path("mot-de-passe/", views_account.password, name="password"),
    path("sessions/fermer/", views_account.end_other_sessions, name="end-other-sessions"),
    path("rattachements/<int:pk>/choisir/", views_account.switch, name="switch"),
    path("rattachements/<int:pk>/quitter/", views_account.leave, name="leave"),
    # Team
    path("equipe/", views_team.team, name="team"),
    path("equipe.csv", views_team.team_csv, name="team-csv"),
    path("equipe/inviter/", views_team.invite, name="invite"),
    path("equipe/invitations/<int:pk>/renvoyer/", views_team.resend, name="resend"),
    path("equipe/invitations/<int:pk>/annuler/", views_team.cancel, name="cancel-invitation"),
    path("equipe/reinitialisations/<int:pk>/accepter/", views_team.agree_reset, name="agree-reset"),
    path("equipe/reinitialisations/<int:pk>/retirer/", views_team.withdraw_reset, name="withdraw-reset"),
    path("equipe/<int:pk>/", views_team.member, name="member"),
    path("equipe/<int:pk>/role/", views_team.change_role, name="change-role"),
    path("equipe/<int:pk>/structure/", views_team.transfer, name="transfer"),
    path("equipe/<int:pk>/retirer/", views_team.end, name="end-membership"),
    path("equipe/<int:pk>/desactiver/", views_team.deactivate, name="deactivate"),
    path("equipe/<int:pk>/reactiver/", views_team.reactivate, name="reactivate"),
    path("equipe/<int:pk>/reinitialiser/", views_team.ask_reset, name="ask-reset"),
    # Structures
    path("structures/", views_structures.structures, name="structures"),
    path("structures/nouvelle/", views_structures.structure_new, name="structure-new"),
    path("structures/<int:pk>/", views_structures.structure_edit, name="structure-edit"),
]
