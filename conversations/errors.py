"""What can go wrong in a conversation, as business facts."""


class ConversationError(Exception):
    """Base of the errors of this room."""


class UnknownConversation(ConversationError):
    """There is no such conversation, or the token does not open it: both look the same."""


class IdempotencyConflict(ConversationError):
    """The key came before with another body."""


class LeaseLost(ConversationError):
    """The turn belongs to another attempt now; whatever this one still has to say must be dropped."""


class OwnerChanged(ConversationError):
    """A person owns the conversation; the assistant may not speak."""


class AutomationStopped(ConversationError):
    """The kill switch is on; what has not left may leave as a draft only."""


class UnknownDraft(ConversationError):
    """There is no such draft in this conversation."""


class DraftClosed(ConversationError):
    """The draft was sent or rejected, or was never meant to be sent."""


class AlreadyTaken(ConversationError):
    """Another person answers this conversation."""


class NotYours(ConversationError):
    """Only the person who owns the conversation may do this."""


class UnknownTask(ConversationError):
    """There is no such task for staff, or it is closed."""


class UnknownAttachment(ConversationError):
    """There is no such attachment in this conversation."""


class TooManyAttachments(ConversationError):
    """The conversation carries as many pictures as it may."""


class TooManyCodes(ConversationError):
    """More one-time codes were asked for one order than an hour allows."""
