"""URL converter for a version of the terms of use, which is its date."""

from datetime import date


class VersionConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # a ValueError means that the address does not exist

    def to_url(self, value: date | str) -> str:
        return str(value)
