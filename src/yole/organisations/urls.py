from django.urls import path

from yole.organisations import views

app_name = "organisations"
urlpatterns = [
    path("connexion/", views.SignIn.as_view(), name="sign-in"),
    path("deconnexion/", views.SignOut.as_view(), name="sign-out"),
]
