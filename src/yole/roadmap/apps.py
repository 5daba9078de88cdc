from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "yole.roadmap"
    label = "roadmap"
