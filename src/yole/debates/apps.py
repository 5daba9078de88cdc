from django.apps import AppConfig


class DebatesConfig(AppConfig):
    name = "yole.debates"
    label = "debates"
