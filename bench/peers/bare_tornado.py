"""A plain Tornado handler, one redis-py command a request, on asyncio's own loop. No cap."""

from redis.asyncio import Redis
from tornado.web import RequestHandler

from bench.peers import manners
from bench.peers.tornado_serving import serve


class _Handler(RequestHandler):
    def initialize(self, redis: Redis) -> None:
        self.redis = redis

    def refuse(self, detail: str) -> None:
        self.set_status(401)
        self.write(manners.refused(detail))


class Create(_Handler):
    """Gives out a session."""

    async def post(self) -> None:
        """Set a key that lives as long as the session."""
        if not manners.may_create(self.request.headers.get("Authorization")):
            self.refuse("no such key")
            return
        session_id = manners.new_id()
        await self.redis.set(f"session:{session_id}", 1, ex=manners.TTL_SECONDS)
        self.write(manners.created(session_id))


class Validate(_Handler):
    """Redeems a session."""

    async def get(self) -> None:
        """Whoever takes the key has it."""
        session_id = self.get_query_argument("session_id")
        if await self.redis.getdel(f"session:{session_id}"):
            self.write(manners.redeemed(session_id))
        else:
            self.refuse("no such session")


if __name__ == "__main__":
    serve(Create, Validate, {"redis": Redis.from_url(manners.REDIS_URL)})
