"""What somebody reads whose grant does not open a page any more.

Everybody else who is refused reads that a page opens once. What tells them apart is what was asked
with, not what the store knows: nobody learns from it whether there ever was such a session.
"""

from attrs import evolve

from entrypoints.http.problems import Problem

CODE = "grant_ended"


def told_to_holder(problem: Problem, *, holds: bool) -> Problem:
    """Say of a session that is not valid that the access has ended, to who brought a grant."""
    return evolve(problem, code=CODE) if holds and problem.code == "session_invalid" else problem
