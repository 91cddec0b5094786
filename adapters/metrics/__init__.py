"""What is measured: counted in plain dicts, shared by all workers, written down for Prometheus."""
