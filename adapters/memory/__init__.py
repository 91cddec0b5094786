"""The ports in memory: for demos, for tests, and as the measure for every other store."""
