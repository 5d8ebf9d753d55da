"""Makes the chat model of a deployment from an address, a key and a name."""

from __future__ import annotations

from langchain_core.language_models.chat_models import BaseChatModel
from pydantic import SecretStr


def chat_model(base_url: str, api_key: SecretStr | None, model: str, timeout_s: float) -> BaseChatModel:
    """A model behind an OpenAI-compatible endpoint; keyless local servers get a dummy key, as the protocol wants one."""
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient

    return ChatOpenAI(
        base_url=base_url,
        api_key=api_key or SecretStr("none"),
        model=model,
        timeout=timeout_s,
        # Of its own: the client that is shared otherwise outlives the event loop in which it was made.
        http_async_client=DefaultAsyncHttpxClient(timeout=timeout_s),
        # Where an endpoint fails the flows answer at once, which is better than a customer who waits.
        max_retries=0,
        temperature=0,
        stream_usage=True,
    )
