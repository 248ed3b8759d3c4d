"""Settings that hold for every test."""

import os

import pytest
from hypothesis import settings

# The same examples on every run; `pytest --hypothesis-profile=default` searches with new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci")

# No test, nor a process that one starts, reads the config file or the progress of whoever runs it.
os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = os.devnull


def pytest_addoption(parser):
    parser.addoption(
        "--update-transcripts",
        action="store_true",
        help="write the golden files under tests/ anew, instead of comparing",
    )


@pytest.fixture
def update(request):
    """Whether golden files are to be written anew."""
    return request.config.getoption("--update-transcripts")
