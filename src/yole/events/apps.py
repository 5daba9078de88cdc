from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "yole.events"
    label = "events"

    def ready(self) -> None:
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            declare_demonstration,
            declare_measure,
            declare_retention,
            declare_takeaways,
        )
        from yole.bookings.signals import changed
        from yole.events import demo, door_wiring, messages, offers, permissions, retention  # permissions declares its acts when imported

        door_wiring.ready()
        changed.connect(messages.on_booking_changed, dispatch_uid="events.messages")
        declare_demonstration(50, "events", demo.load)
        NAVIGATION.append(NavigationEntry("Numérique en Commun", "events:list", 40))
        NAVIGATION.append(NavigationEntry("Événements", "events:desk", 60, act=permissions.SEE))
        for rule in retention.RULES:
            declare_retention(rule)
        declare_takeaways(offers.SOURCE, offers.takeaways)
        for measure in offers.MEASURES:
            declare_measure(measure)
