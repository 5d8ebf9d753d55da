"""The settings of a command, with the demo's where the demo is asked for."""

from __future__ import annotations

from bootstrap.settings import Settings
from telemetry.logs import configure_logs

DEMO_HOME = "demo"


def settings_for(demo: bool) -> Settings:
    """From the environment; the demo keeps its own home below the usual one, so that it never meets a real shop."""
    settings = Settings()
    configure_logs(settings.log_level)
    if demo or settings.demo:
        home = settings.home if settings.demo else settings.home / DEMO_HOME
        return settings.model_copy(update={"demo": True, "home": home})
    return settings
