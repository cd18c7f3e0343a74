"""How thoroughly properties are tried: with some examples in every run, with many in `make test-deep` (`IMAP_DEEP=1`)."""

import os

IS_DEEP = bool(os.environ.get("IMAP_DEEP"))


def examples(usual: int, deep: int = 1000) -> int:
    """The number of examples for `hypothesis.settings(max_examples=…)`."""
    return deep if IS_DEEP else usual
