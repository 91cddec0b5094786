"""``python -m entrypoints`` is the same program as ``framegate``."""

from entrypoints.start import main

if __name__ == "__main__":
    main()
