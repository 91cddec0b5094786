"""The container: which adapter stands behind which port.

The only user of injector and, but for the adapters themselves, the only place that sees
adapters. Each module builds what a command needs, and reads no more than that: what is read
takes a moment each time that a command starts.
"""
