from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "yole.bookings"
    label = "bookings"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import declare_algorithm, declare_retention
        from yole.bookings import algorithms, retention, services_erasure, tasks
        from yole.people.signals import persons_anonymised

        persons_anonymised.connect(services_erasure.on_anonymised, dispatch_uid="bookings.persons-anonymised")
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        declare_algorithm(algorithms.QUEUE)
