from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "yole.reference"
    label = "reference"
