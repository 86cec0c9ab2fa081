"""Models for the tests of `tapeflow serve`: saved once, served once where nothing is changed."""

import pytest


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """A SavedModel with signatures of all kinds."""
    from tests.cli.serving_models import save

    return save(tmp_path_factory.mktemp("models") / "many")


@pytest.fixture(scope="session")
def application(saved):
    """A server of it, for tests that only ask."""
    from tests.cli.serving_models import serve

    made = serve(saved)
    yield made
    made.models.close(10)
