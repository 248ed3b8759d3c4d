"""The hosts of the lecture's world; nothing is imported here, so that the first words can name them."""

HOSTS = {"lancs.uk": "192.0.2.1", "nyu.edu": "198.51.100.1", "someschool.edu": "203.0.113.1"}
"""Each name with its address."""

DEFAULT_HOST = "nyu.edu"
"""The one that a student talks to."""
