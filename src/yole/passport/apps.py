from django.apps import AppConfig


class PassportConfig(AppConfig):
    name = "yole.passport"
    label = "passport"
