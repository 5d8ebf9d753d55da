"""`/v1/customers/me`: what is kept about the customer who asks, to see, to take along, to erase."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from agent.accounts import Account, Accounts, ErasedAccount, KnownCustomer
from api.auth import Bearer, Wired
from api.problems import Problem, spoken
from i18n.locale import Locale

router = APIRouter(prefix="/v1/customers/me", tags=["customers"])

GOES_ON = 202


def accounts(wired: Wired) -> Accounts:
    if wired.accounts is None:
        raise Problem("not_found")
    return wired.accounts


Kept = Annotated[Accounts, Depends(accounts)]


async def proven_customer(request: Request, wired: Wired, kept: Kept, token: Bearer) -> KnownCustomer:
    """By the shop's signed token, or by that of a conversation in which she has shown who she is.

    Raises `customer_token_invalid`, and `customer_unproven` for a conversation that nobody has proven to be hers.
    """
    if token.count(".") == 2:
        claims = await wired.customer_tokens.verify(token)
        return KnownCustomer(customer_id=claims.sub, email=claims.email)
    conversation = await wired.conversations.opened_by(token)
    if conversation is None:
        raise Problem("customer_token_invalid")
    request.state.language = conversation.language
    customer = await kept.known(conversation)
    if customer is None:
        raise Problem("customer_unproven")
    return customer


Me = Annotated[KnownCustomer, Depends(proven_customer)]


def _locale(request: Request, wired: Wired) -> Locale:
    return spoken(request, wired.renderer)


Spoken = Annotated[Locale, Depends(_locale)]


@router.get("")
async def read_account(customer: Me, kept: Kept, locale: Spoken) -> Account:
    return await kept.account(customer, locale)


@router.get("/export")
async def export_account(customer: Me, kept: Kept) -> Response:
    """One JSON document, to be saved."""
    found: dict[str, Any] = await kept.export(customer)
    headers = {"Content-Disposition": 'attachment; filename="export.json"'}
    return JSONResponse(jsonable_encoder(found), headers=headers)


@router.delete(
    "", responses={GOES_ON: {"description": "The erasure goes on; nothing more has to be asked for."}}
)
async def erase_account(customer: Me, kept: Kept, locale: Spoken, response: Response) -> ErasedAccount:
    """Erase for good. Again changes nothing; a conversation's token opens nothing afterwards."""
    erased = await kept.erase(customer, locale)
    if not erased.complete:
        response.status_code = GOES_ON
    return erased
