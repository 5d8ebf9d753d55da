"""The one-time code: asking for it and giving it back."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from pydantic import Field

from conversations.codes import CODE_TTL
from conversations.models import Level
from facts.values import Code, Duration, Fact, TimeUnit
from markets.channel import Proof
from tools.gifts import is_present
from tools.identity import CodeOutcome
from tools.lookup import Arguments, OrderArguments, known_order
from tools.results import order_result
from tools.tool import Effect, Tool, ToolContext, ToolResult


async def request_code(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """Mail a one-time code to the order's own address, never to one from the conversation, and past no marketplace."""
    order = known_order(context)
    if context.drafting or context.channel.proven_by is Proof.CHANNEL_ORDER:
        return ToolResult("request_code", "held", data={"order_number": order.number})
    sent = await context.desk.send_code(context.conversation_id, order, context.locale.language)
    if not sent:
        return ToolResult("request_code", "throttled", data={"order_number": order.number})
    valid = Duration(value=int(CODE_TTL / timedelta(minutes=1)), unit=TimeUnit.MINUTE)
    if is_present(context, order):
        told: dict[str, Fact] = {"valid": valid}
        return order_result(context, "request_code", "sent", "present.code_sent", order.number, told)
    facts: dict[str, Fact] = {"hint": Code(value=masked(order.email)), "valid": valid}
    return order_result(context, "request_code", "sent", "identity.code_sent", order.number, facts)


def masked(email: str) -> str:
    """Enough of an address for its owner to know it, and not enough for anyone else: a•••@•••.example."""
    return f"{email[:1]}•••@•••.{email.rpartition('.')[2]}"


REQUEST_CODE = Tool(
    name="request_code",
    effect=Effect.READ,
    level=Level.ORDER_READ,
    description=(
        "Mail a one-time code to the e-mail address of the order, so that the customer can confirm that "
        "she is its owner. Call it when a tool answered identity_needed with needed=confirmed, then ask "
        "her for the code. The address cannot be chosen.\n"
        "Outcomes: sent; throttled (too many codes: wait, or offer a person); held (a person "
        "takes it from here); identity_needed; not_matched."
    ),
    arguments=OrderArguments,
    read=request_code,
)


class VerifyCodeArguments(Arguments):
    code: str = Field(min_length=1, max_length=32, description="The code as the customer wrote it.")


async def verify_code(context: ToolContext, arguments: VerifyCodeArguments) -> ToolResult:
    """Check a code that this conversation asked for."""
    code = "".join(unicodedata.normalize("NFKC", arguments.code).split()).replace("-", "")
    outcome, order_id = await context.desk.check_code(context.conversation_id, code)
    if outcome is not CodeOutcome.VERIFIED or order_id is None:
        return ToolResult("verify_code", str(outcome))
    order = await context.backend.order(order_id)
    if order is None:
        return ToolResult("verify_code", str(CodeOutcome.EXPIRED))
    return order_result(context, "verify_code", "verified", "identity.verified", order.number)


VERIFY_CODE = Tool(
    name="verify_code",
    effect=Effect.READ,
    level=Level.ANONYMOUS,
    description=(
        "Check the one-time code that was mailed in this conversation. Afterwards the order may be "
        "changed.\n"
        "Outcomes: verified (data.order_number); wrong (ask once more); expired (offer a new code); locked "
        "(too many wrong codes: offer a person)."
    ),
    arguments=VerifyCodeArguments,
    read=verify_code,
)
