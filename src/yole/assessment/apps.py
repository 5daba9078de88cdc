from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "yole.assessment"
    label = "assessment"

    def ready(self) -> None:
        from yole.assessment import demo, tasks_wiring
        from yole.base.registries import NAVIGATION, NavigationEntry, declare_demonstration

        tasks_wiring.declare()
        declare_demonstration(30, "assessment", demo.load)
        NAVIGATION.append(NavigationEntry("Où j’en suis", "assessment:intro", 30))
