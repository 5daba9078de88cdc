from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    name = "yole.deployment"
    label = "deployment"
