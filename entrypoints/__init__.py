"""How framegate is started and reached: settings, container, command line, HTTP."""
