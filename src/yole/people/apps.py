from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "yole.people"
    label = "people"
