from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "yole.events"
    label = "events"

    def ready(self) -> None:
        from yole.events import permissions  # noqa: F401  # declares its acts when imported
