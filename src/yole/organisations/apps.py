from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "yole.organisations"
    label = "organisations"

    def ready(self) -> None:
        from yole.base.periodic import declare_periodic
        from yole.base.registries import NAVIGATION, NavigationEntry, declare_demonstration, declare_retention
        from yole.journal.reach import declare_elsewhere
        from yole.journal.words import declare_words

        # permissions declares its acts when imported
        from yole.organisations import demo, permissions, retention, selectors, services_signin, tasks, words

        declare_demonstration(20, "accounts", demo.load)
        for rule in retention.RULES:
            declare_retention(rule)
        for name, every, task in tasks.PERIODIC:
            declare_periodic(name, every, task.enqueue)
        NAVIGATION.append(NavigationEntry("Équipe", "organisations:team", 80, act=permissions.TEAM))
        declare_elsewhere(selectors.references_elsewhere)
        declare_words(words.JOURNAL)
        services_signin.connect()
