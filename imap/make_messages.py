"""Brings the catalogues under locale/ up to date with the sources: `python -m imap.make_messages`, or `make messages`.

Babel reads Python; Django's own `templatize` turns a template into Python first, so that `blocktranslate trimmed`
and filters mean what they mean to Django. No system tool is needed. The catalogues carry neither line numbers nor
dates, so that a difference shows words alone. English is the language of the sources and has no catalogue.
"""

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from imap.local_apps import ROOMS

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("ar", "fr")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]")

ONE = None
PLURAL = (1, 2)
IN_CONTEXT = ((1, "c"), 2)
PLURAL_IN_CONTEXT = ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), PLURAL_IN_CONTEXT),
}

# Words of libraries that readers and the desk see, and that the libraries leave untranslated or translate badly.
BORROWED: tuple[str | tuple[str, str], ...] = (
    "Conflicting form data submitted. Please try again.",
    "Constraint “%(name)s” is violated.",
    "Disabled",
    "Email",
    "Email address",
    "Enable password-based authentication for this user by setting a password.",
    "Enabled",
    "Enter the same password as before, for verification.",
    "New Password (again)",
    "Password (again)",
    "Password successfully changed.",
    "Password successfully set.",
    "Password-based authentication",
    "Password-based authentication was disabled.",
    "Raw passwords are not stored, so there is no way to see the user’s password.",
    "Reset password",
    "Search",
    "Set password",
    "Set password: %s",
    "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
    "authenticate using other backends, such as Single Sign-On or LDAP.",
    "You must type the same password each time.",
    (
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    (
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
)


def sources() -> list[Path]:
    """The files whose words are translated, in a fixed order."""
    modules = [path for folder in ROOMS for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt")]
    return sorted(modules) + sorted(templates)


def messages_in(path: Path) -> Iterator[Message]:
    """The messages of one module or template. Raises SyntaxError where a template is wrong."""
    text = path.read_text()
    if path.suffix != ".py":
        # A template is indented freely; Python, as which the words are read, is not.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, words, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS):
        yield Message(words, context=context)


def extracted() -> Catalog:
    """Everything that the sources want translated, and what is borrowed."""
    catalog = Catalog(fuzzy=False)
    for words in BORROWED:
        catalog.add(words)
    for path in sources():
        for message in messages_in(path):
            catalog.add(message.id, context=message.context)
    return catalog


def django_plural_forms(language: str) -> str:
    """The plural rule of the installed Django, which merges ours into its own where the two are equal.

    From the compiled file, which is what Django reads: the French one knows three forms (1 000 000 *de* profils),
    where the head of its text file still says two.
    """
    path = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        return GNUTranslations(file).info()["plural-forms"]


def updated(language: str, template: Catalog, held: bytes) -> bytes:
    """The catalogue `held` with the messages of `template`: translations kept, those no longer used dropped."""
    plural_forms = django_plural_forms(language)
    header = _header(language, plural_forms)
    old, new = read_po(BytesIO(held or header)), read_po(BytesIO(header))
    for message in template:
        if message.id:
            translation = old.get(message.id, message.context)
            same_kind = translation is not None and translation.pluralizable == message.pluralizable
            row = new.add(message.id, translation.string if same_kind else "", context=message.context)
            row.flags = {"python-format"} if PLACEHOLDER.search(_texts(message.id)) else set()
            row.user_comments = translation.user_comments if same_kind else []
    body = BytesIO()
    write_po(body, new, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return header + body.getvalue().rstrip(b"\n") + b"\n"


def _texts(words: str | tuple[str, ...] | list[str]) -> str:
    return words if isinstance(words, str) else "\n".join(words)


def _header(language: str, plural_forms: str) -> bytes:
    lines = (
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {plural_forms}",
    )
    return ('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n").encode()


def untranslated(catalog: bytes) -> int:
    """How many messages still wait for a translation."""
    waiting = 0
    for message in read_po(BytesIO(catalog)):
        texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        waiting += bool(message.id) and not all(texts)
    return waiting


def main() -> None:
    template = extracted()
    for language in LANGUAGES:
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = updated(language, template, path.read_bytes() if path.exists() else b"")
        path.write_bytes(catalog)
        print(f"{path.relative_to(ROOT)}: {len(template)} messages, {untranslated(catalog)} to translate")  # noqa: T201


if __name__ == "__main__":
    main()
