"""What every protocol shares: records, grammar, framing, transcripts. Standard library only."""
