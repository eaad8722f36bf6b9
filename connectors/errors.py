"""Everything that a connector may raise. An error says what happened and carries the decision."""

from connectors.events import Purpose


class ConnectorError(Exception):
    """The base of all connector errors. The text is plain words, fit for an agent; never a secret."""


class WebhookRejected(ConnectorError):
    """The provider did not send this: its signature is missing or wrong."""


class ChallengeRejected(ConnectorError):
    """A webhook handshake carried the wrong token."""


class BadSettings(ConnectorError):
    """A channel's settings are incomplete or wrong."""


class SendFailed(ConnectorError):
    """The provider refused the message.

    `code` is the provider's own code. `retry` says whether the same message may be tried again;
    `retry_after` is the provider's wish in seconds, if it gave one.
    """

    retry = False
    elsewhere = False
    """Set it where the customer surely will not get the message here: another channel may be tried."""

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code or type(self).__name__
        self.retry_after = retry_after


class Throttled(SendFailed):
    """The provider asked us to slow down: this recipient or this number, see `scope`."""

    retry = True

    def __init__(
        self, message: str, *, code: str = "", retry_after: float | None = None, scope: str = "channel"
    ) -> None:
        super().__init__(message, code=code, retry_after=retry_after)
        self.scope = scope


class Unreachable(SendFailed):
    """The provider could not be reached, so it surely did not take the message."""

    retry = True


class ProviderDown(SendFailed):
    """The provider answered that it is broken; it did not take the message."""

    retry = True


class OutcomeUnknown(SendFailed):
    """The line broke after the message was on its way: the provider may or may not have taken it."""

    retry = True


class RecipientRefused(SendFailed):
    """This recipient cannot or will not be reached on this channel."""


class OptedOut(RecipientRefused):
    """The recipient asked the provider to let nothing through from us, or nothing of this `purpose`."""

    purpose = Purpose.CONVERSATION


class OptedOutOfMarketing(OptedOut):
    """The recipient takes answers from us, but no marketing."""

    purpose = Purpose.MARKETING


class WindowClosed(SendFailed):
    """The customer service window is over: only a template may be sent."""


class ContentRefused(SendFailed):
    """The provider does not take such a content, or these parameters."""


class CredentialsRefused(SendFailed):
    """The channel's credentials are void: the channel is disabled until an admin mends it.

    The message itself waits: it is tried again once the channel works.
    """

    retry = True
