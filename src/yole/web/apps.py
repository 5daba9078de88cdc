from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "yole.web"
    label = "web"

    def ready(self) -> None:
        from yole.base.registries import declare_place_section
        from yole.web.sections import workshops_here

        declare_place_section(workshops_here)
