"""TCP around the world: asyncio sockets, nothing else."""
