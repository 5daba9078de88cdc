from django.apps import AppConfig


class AiRegisterConfig(AppConfig):
    name = "yole.ai_register"
    label = "ai_register"

    def ready(self) -> None:
        from yole.ai_register import demo, permissions, selectors, tasks
        from yole.base.periodic import declare_periodic
        from yole.base.registries import HEALTH, NAVIGATION, HealthCheck, NavigationEntry, declare_demonstration

        declare_demonstration(95, "ai_register", demo.load)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        HEALTH.append(HealthCheck("registre des algorithmes", selectors.health))
        NAVIGATION.append(NavigationEntry("Algorithmes et IA", "ai_register:register", 95))
        NAVIGATION.append(NavigationEntry("Registre des algorithmes", "ai_register:desk", 95, act=permissions.WRITE))
