from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "yole.api"
    label = "api"
