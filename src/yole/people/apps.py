from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "yole.people"
    label = "people"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import (
            NAVIGATION,
            NavigationEntry,
            declare_algorithm,
            declare_demonstration,
            declare_person_data,
            declare_restore_hook,
            declare_retention,
        )
        from yole.journal.words import declare_words
        from yole.people import algorithms, demo, permissions, person_data, retention, services_erasure, tasks, wording

        declare_words(wording.JOURNAL)
        for name, label, collect in person_data.PARTS:
            declare_person_data(name, label, collect, person_data.gone_with_the_card)
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        declare_restore_hook("people", services_erasure.before_restore, services_erasure.after_restore)
        declare_demonstration(30, "people", demo.load)
        NAVIGATION.append(NavigationEntry("Personnes", "people:list", 15, act=permissions.SEE))
        declare_algorithm(algorithms.DUPLICATES)
