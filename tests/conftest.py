"""Settings that hold for every test."""

from hypothesis import settings

# The same examples on every run; `pytest --hypothesis-profile=default` searches with new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci")
