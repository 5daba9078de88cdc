from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "yole.events"
    label = "events"
