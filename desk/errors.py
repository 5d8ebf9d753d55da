"""What staff may not do."""


class DeskError(Exception):
    """Base of the desk's errors."""


class RoleTooLow(DeskError):
    """This needs a higher role."""


class TaskFailed(DeskError):
    """The proposal could not be carried out now; the task stays open."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome
