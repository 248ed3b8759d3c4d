"""Scenes that are played live: transcripts with what happens, shown one line at a time."""
