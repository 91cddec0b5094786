"""The design that framegate replaces: blocking redis-py in a Tornado handler.

A session is a JSON value of its own that stays until its time, used or not. How many are
active is found out on each create, by going through all keys. Redeeming reads and then
writes, so that two callers may both win.
"""

import json
import time

from redis import Redis
from tornado.web import RequestHandler

from bench.peers import manners
from bench.peers.tornado_serving import serve


class _Handler(RequestHandler):
    def initialize(self, redis: "Redis") -> None:
        self.redis = redis

    def refuse(self, detail: str) -> None:
        self.set_status(401)
        self.write(manners.refused(detail))

    def active(self) -> int:
        # What was used stays, too: the values have to be looked at. One MGET a page of SCAN
        # is kinder than one GET a key.
        cursor, active = 0, 0
        while True:
            cursor, keys = self.redis.scan(cursor, "session:*")
            values = self.redis.mget(keys) if keys else []
            active += sum(1 for value in values if value and not json.loads(value)["used"])
            if cursor == 0:
                return active


class Create(_Handler):
    """Gives out a session."""

    def post(self) -> None:
        """Count, then set."""
        if not manners.may_create(self.request.headers.get("Authorization")):
            self.refuse("no such key")
            return
        if self.active() >= manners.CAP:
            self.set_status(429)
            return
        session_id = manners.new_id()
        session = {
            "session_id": session_id,
            "created_at": time.time(),
            "expires_at": time.time() + manners.TTL_SECONDS,
            "used": False,
        }
        self.redis.setex(f"session:{session_id}", manners.TTL_SECONDS, json.dumps(session))
        self.write(manners.created(session_id))


class Validate(_Handler):
    """Redeems a session."""

    def get(self) -> None:
        """Read, then write."""
        session_id = self.get_query_argument("session_id")
        value = self.redis.get(f"session:{session_id}")
        session = json.loads(value) if value else {"used": True}
        if session["used"]:
            self.refuse("no such session")
            return
        session["used"] = True
        self.redis.set(f"session:{session_id}", json.dumps(session), keepttl=True)
        self.write(manners.redeemed(session_id))


if __name__ == "__main__":
    serve(Create, Validate, {"redis": Redis.from_url(manners.REDIS_URL)})
