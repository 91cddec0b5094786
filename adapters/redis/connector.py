"""Connections that redis-py makes and somebody else goes on with."""

import asyncio

import hiredis
from redis.asyncio.connection import AbstractConnection, DefaultParser
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, RedisError


class Connector:
    """Has redis-py connect (address, TLS, user, database, Sentinels), and takes over from it.

    Two private attributes of redis-py's connection are needed, here and nowhere else: its
    stream reader and writer. There is no public way to have it part with them.
    """

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        self._writer: asyncio.StreamWriter | None = None

    async def __call__(self, protocol: asyncio.Protocol) -> asyncio.WriteTransport:
        """Connect, and have ``protocol`` receive from now on."""
        connection = self._connection
        await connection.connect()  # type: ignore[no-untyped-call] # it has no types
        reader, writer = connection._reader, connection._writer  # noqa: SLF001 see the class
        if reader is None or writer is None:
            raise RedisConnectionError("connection lost")
        # Left with them it would warn of a connection that nobody closes. The writer is kept
        # here: when it is forgotten, it closes the transport.
        connection._reader = connection._writer = None  # noqa: SLF001 see the class
        self._writer = writer
        await _be_sure_of_silence(reader, writer)
        writer.transport.set_protocol(protocol)
        return writer.transport


async def _be_sure_of_silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Raise where the server has hung up, or has said that it will (too many clients).

    It was asked nothing that is not answered, so whatever it says now would be taken for the
    answer to what it is asked next.
    """
    hung_up = reader.at_eof() or writer.is_closing()
    reader.feed_eof()  # what is there can be read at once, and nothing else is waited for
    said = await reader.read()
    if said or hung_up:
        writer.transport.abort()
        parser = hiredis.Reader(protocolError=InvalidResponse, replyError=DefaultParser.parse_error)
        parser.feed(said)
        refusal = parser.gets()
        raise refusal if isinstance(refusal, RedisError) else RedisConnectionError("hung up")
