from collections.abc import Iterator

import pytest

from newscentre.simulator import Publisher, publishing


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as one:
        yield one
