"""What ``framegate keys`` needs, which is little."""

from adapters.system import SystemRandomness
from application.issue_key import IssueKey


def build_issue_key() -> IssueKey:
    """Build what makes a new key."""
    return IssueKey(SystemRandomness())
