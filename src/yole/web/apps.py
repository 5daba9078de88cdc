from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "yole.web"
    label = "web"
