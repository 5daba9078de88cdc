from datetime import timedelta

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "yole.base"
    label = "base"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out
        from django.db.backends.signals import connection_created

        from yole.base import retention, scope, tasks
        from yole.base.periodic import declare_periodic
        from yole.base.registries import HEALTH, HealthCheck, declare_retention

        connection_created.connect(scope.on_connection, dispatch_uid="yole.scope")
        user_logged_in.connect(scope.on_sign_in, dispatch_uid="yole.scope")
        user_logged_out.connect(scope.on_sign_out, dispatch_uid="yole.scope")
        HEALTH.append(HealthCheck("lignes protégées", scope.health))
        for rule in retention.RULES:
            declare_retention(rule)
        HEALTH.append(HealthCheck("conservation", retention.health))
        declare_periodic(retention.ASKED, timedelta(days=1), tasks.forget.enqueue)
