"""The rules of framegate as pure, frozen objects: no I/O, no clock, no randomness.

Time is always an argument: ``now`` and every other instant is a whole number of
milliseconds since the Unix epoch; every duration names its unit.
"""
