"""The use cases: one use case, one class, one file, one ``execute``."""
