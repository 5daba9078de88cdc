from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "yole.base"
    label = "base"
