"""Applications behind gates, each in a process of its own: ``python -m <module> <framegate>``.

All of them do the same. ``/`` tells who they take their visitor to be and which headers say so;
``/own-policy`` has policies of its own; ``/broken`` fails; ``/echo`` says what was posted; and
``/healthz`` is open. What they print first is where they serve.
"""
