"""The index of the release made from data/, and one of things made up for a rule."""

from __future__ import annotations

import pytest

from ess_lod.iris import Iris
from ess_lod.reconcile import Index, open_index
from ess_lod.store import Store


@pytest.fixture(scope="session")
def index(store: Store) -> Index:
    """The index of the release."""
    return open_index(store, Iris(store.release.base))
