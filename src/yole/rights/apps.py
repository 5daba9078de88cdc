from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "yole.rights"
    label = "rights"
