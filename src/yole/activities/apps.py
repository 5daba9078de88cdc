from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "yole.activities"
    label = "activities"
