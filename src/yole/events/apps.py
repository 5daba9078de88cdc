from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "yole.events"
    label = "events"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            declare_demonstration,
            declare_measure,
            declare_retention,
            declare_takeaways,
        )
        from yole.bookings.signals import changed
        from yole.events import demo, door_wiring, offers, permissions, retention, services_messages, tasks  # permissions declares its acts

        door_wiring.ready()
        changed.connect(services_messages.on_booking_changed, dispatch_uid="events.messages")
        declare_demonstration(50, "events", demo.load)
        NAVIGATION.append(NavigationEntry("Numérique en Commun", "events:list", 40))
        NAVIGATION.append(NavigationEntry("Événements", "events:desk", 60, act=permissions.SEE))
        for rule in retention.RULES:
            declare_retention(rule)
        declare_takeaways(offers.SOURCE, offers.takeaways)
        for measure in offers.MEASURES:
            declare_measure(measure)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
