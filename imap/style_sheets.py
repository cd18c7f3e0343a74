"""Style sheets: written as one readable file per component, joined and minified when static files are collected.

`static/css/portal.css` is what pages load; it imports its components, `static/css/portal/*.css`, in their order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from rcssmin import cssmin

FOLDER = PurePosixPath("css")
IMPORT = re.compile(r'^@import "([\w/-]+\.css)";\n?', re.MULTILINE)


def is_style_sheet(name: str) -> bool:
    """Whether pages load it: it stands in the folder itself."""
    return PurePosixPath(name).parent == FOLDER and name.endswith(".css")


def is_component(name: str) -> bool:
    """Whether it is only imported: it stands in a folder below."""
    return FOLDER in PurePosixPath(name).parents and not is_style_sheet(name)


def joined(path: Path) -> str:
    """The style sheet with its components in place of its imports. Raises FileNotFoundError for one that is missing."""
    return IMPORT.sub(lambda match: (path.parent / match[1]).read_text(), path.read_text())


class StyleSheetStorage(FileSystemStorage):
    """Reads each style sheet joined and minified; everything else as it is."""

    prefix: str

    def open(self, name: str, mode: str = "rb") -> File:
        if is_style_sheet(name):
            return ContentFile(cssmin(joined(Path(self.path(name)))).encode(), name=name)
        return super().open(name, mode)

    def get_modified_time(self, name: str) -> datetime:
        """The time of the youngest component, so that a change of one is collected."""
        own = super().get_modified_time(name)
        if not is_style_sheet(name):
            return own
        imported = IMPORT.findall(Path(self.path(name)).read_text())
        return max([own, *(super(StyleSheetStorage, self).get_modified_time(str(FOLDER / part)) for part in imported)])


class StyleSheetFinder(FileSystemFinder):
    """Finds the project's static files; components are part of what imports them and are not collected."""

    def __init__(self, app_names: Sequence[str] | None = None, *args: object, **kwargs: object):
        super().__init__(app_names, *args, **kwargs)
        for root, storage in self.storages.items():
            own = StyleSheetStorage(location=root)
            own.prefix = storage.prefix
            self.storages[root] = own

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Path and storage of each file that is collected."""
        yield from (found for found in super().list(ignore_patterns) if not is_component(found[0]))
