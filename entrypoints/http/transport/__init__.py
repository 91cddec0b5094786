"""HTTP/1 over asyncio and llhttp, behind Tornado's interfaces between connection and application.

docs/adr/0010 says why, and where it differs from Tornado's own.
"""
