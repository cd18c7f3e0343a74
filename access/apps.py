from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    name = "access"

    def ready(self) -> None:
        from access.clean_texts import clean_texts_on_the_way_in
        from access.installation import install, withdraw_rights
        from access.names import check_declarations

        clean_texts_on_the_way_in()
        register(check_declarations)
        pre_migrate.connect(withdraw_rights, dispatch_uid="access.withdraw_rights")
        post_migrate.connect(install, dispatch_uid="access.install")
