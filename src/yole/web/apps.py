from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "yole.web"
    label = "web"

    def ready(self) -> None:
        from yole.assessment.pages import declare_section
        from yole.base.registries import declare_place_section
        from yole.web import day_wiring
        from yole.web.diagnostic_section import workshops_to_learn
        from yole.web.sections import workshops_here

        declare_place_section(workshops_here)
        declare_section(workshops_to_learn)
        day_wiring.ready()
