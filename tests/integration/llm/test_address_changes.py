"""A model changes an address that it never sees."""

from __future__ import annotations

from evals.scripted_model import Answer, ScriptedModel, in_turn
from tests.integration.llm.conftest import Chat, story

STREET, TOWN = "Quetzalweg 12", "Hamburg-Altona"


async def test_model_passes_on_an_address_of_which_it_sees_placeholders(
    model: ScriptedModel, chat: Chat
) -> None:
    about = story("processing_eur", "de")
    address = {"line1": "<address_1>", "city": "<address_2>", "postcode": "<postcode_1>"}

    call = ("change_address", {"order_number": about.number, "address": address})
    model.script = in_turn(Answer(calls=[call]), Answer("Bitte geben Sie den Code ein."))
    await chat.say(
        f"Bitte liefern Sie {about.number} ({about.email}) an {STREET}, 20255 {TOWN}, meine Postleitzahl ist 20255"
    )
    assert model.requests
    for request in model.requests:
        seen = "\n".join(message["content"] or "" for message in request["messages"])
        assert STREET not in seen
        assert TOWN not in seen
