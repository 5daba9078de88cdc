from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yole.organisations.forms import SignInForm


class SignIn(LoginView):
    """Sign-in by address and password. Django checks that `next` stays on this site."""

    template_name = "organisations/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    next_page = "web:home"
    http_method_names = ["post", "options"]


def locked_out(request: HttpRequest, credentials: dict[str, object] | None = None, *args: object, **kwargs: object) -> HttpResponse:
    """After five wrong attempts; the same words whether the account exists or not."""
    return render(request, "organisations/locked_out.html", status=429)
