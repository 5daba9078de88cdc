from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "yole.workshops"
    label = "workshops"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            declare_demonstration,
            declare_journey,
            declare_person_data,
            declare_retention,
        )
        from yole.bookings.signals import changed

        # permissions declares its acts when imported
        from yole.workshops import demo, permissions, person_data, retention, services_messages, tasks

        changed.connect(services_messages.on_booking_changed, dispatch_uid="workshops.messages")
        declare_demonstration(40, "workshops", demo.load)
        NAVIGATION.append(NavigationEntry("Ateliers", "workshops:list", 20))
        NAVIGATION.append(NavigationEntry("Agenda", "workshops:desk-agenda", 20, act=permissions.SEE))
        NAVIGATION.append(NavigationEntry("Appels", "workshops:desk-calls", 25, act=permissions.CALL))
        declare_person_data(person_data.NAME, person_data.LABEL, person_data.collect, person_data.erase)
        declare_journey(20, person_data.journey)
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
