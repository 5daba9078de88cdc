from datetime import timedelta

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "yole.base"
    label = "base"

    def ready(self) -> None:
        from yole.base import tasks
        from yole.base.periodic import declare_periodic

        declare_periodic("base.forget", timedelta(days=1), tasks.forget.enqueue)
