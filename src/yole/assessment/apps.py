from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "yole.assessment"
    label = "assessment"
