"""Lessons: files in Markdown that say what a learner is to do, and are checked against the state of the servers."""
