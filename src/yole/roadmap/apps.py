from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "yole.roadmap"
    label = "roadmap"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import declare_retention
        from yole.roadmap import measures, retention, tasks

        measures.declare_all()
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
