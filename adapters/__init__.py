"""What the ports are made of: memory, Redis, files, the system's clock and randomness."""
