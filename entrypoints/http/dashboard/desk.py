"""What an operator can see and do at the dashboard."""

from attrs import frozen

from application.check_pass import CheckPass
from application.clean_up import CleanUpSessions
from application.sign_in import SignIn
from entrypoints.http.dashboard.audience import Audience
from entrypoints.http.sessions import Control


@frozen(kw_only=True)
class Desk:
    """The use cases of the dashboard, and who watches."""

    sign_in: SignIn
    check_pass: CheckPass
    audience: Audience
    control: Control
    clean_up: CleanUpSessions
