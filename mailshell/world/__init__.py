"""The closed world of hosts, and the one loop round every session."""
