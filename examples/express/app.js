// A site with people who log in, and a page of framegate's inside one of its own.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import express from "express";
import cookieSession from "cookie-session";

const app = express();
app.use(cookieSession({ secret: randomBytes(32).toString("hex"), sameSite: "lax" }));

// Your login stands where everybody is Ana.
app.get("/", (request, response) => {
  request.session.user = "ana";
  const page = readFileSync(new URL("page.html", import.meta.url), "utf8");
  response.send(page.replaceAll("{{ framegate }}", FRAMEGATE));
});

// --- framegate
const FRAMEGATE = process.env.FRAMEGATE_URL;
const headers = { Authorization: `Bearer ${process.env.FRAMEGATE_KEY}`, "Content-Type": "application/json" };

app.post("/framegate/session", async (request, response) => {
  if (!request.session.user) return response.sendStatus(401); // your own check: may this person see the page?
  const body = JSON.stringify({ subject: request.session.user });
  const asked = { method: "POST", headers, body, signal: AbortSignal.timeout(5000) };
  const answer = await fetch(`${FRAMEGATE}/auth/create-session`, asked);
  response.status(answer.status).json(await answer.json());
});
// --- framegate

app.listen(Number(process.env.PORT ?? 3000), "localhost");
