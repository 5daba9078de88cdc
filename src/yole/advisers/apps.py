from django.apps import AppConfig


class AdvisersConfig(AppConfig):
    name = "yole.advisers"
    label = "advisers"
