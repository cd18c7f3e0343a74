from collections.abc import Iterator

import pytest

from demo.simulator import Publisher, publishing


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as one:
        yield one
