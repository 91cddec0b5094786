"""A site with people who log in, and a page of framegate's inside one of its own."""

import os

import httpx
from flask import Flask, abort, render_template, session

app = Flask(__name__)
app.secret_key = os.urandom(32)


@app.get("/")
def page() -> str:
    """Show the page; your login stands where everybody is Ana."""
    session["user"] = "ana"
    return render_template("page.html", framegate=FRAMEGATE)


# --- framegate
FRAMEGATE = os.environ["FRAMEGATE_URL"]
KEY = {"Authorization": f"Bearer {os.environ['FRAMEGATE_KEY']}"}


@app.post("/framegate/session")
def framegate_session() -> tuple[object, int]:
    user = session.get("user") or abort(401)  # your own check: may this person see the page?
    asked = {"subject": user}
    answer = httpx.post(f"{FRAMEGATE}/auth/create-session", headers=KEY, json=asked)
    return answer.json(), answer.status_code


# --- framegate
