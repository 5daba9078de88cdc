from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    username = forms.EmailField(label="Adresse e-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(label="Mot de passe", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    error_messages = {
        "invalid_login": "Adresse ou mot de passe inconnu. Vérifiez les deux, puis essayez encore.",
        "inactive": "Adresse ou mot de passe inconnu. Vérifiez les deux, puis essayez encore.",
    }
