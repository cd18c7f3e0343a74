from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "access"

    def ready(self) -> None:
        from access.clean_texts import clean_texts_on_the_way_in
        from access.names import check_declarations
        from access.roles import grant_to_application

        clean_texts_on_the_way_in()
        register(check_declarations)
        post_migrate.connect(grant_to_application, dispatch_uid="access.grant_to_application")
