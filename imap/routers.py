"""Database router: the owner's role migrates, the application's role serves."""


class OwnerMigrates:
    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "owner"

    def allow_relation(self, first: object, second: object, **hints: object) -> bool:
        return True
