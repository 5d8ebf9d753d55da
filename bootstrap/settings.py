"""Every setting of a deployment; the only reader of the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from conversations.models import Mode, Priority


class Settings(BaseSettings):
    """All optional. Names in the environment carry the prefix `DRAGOMAN_`; `.env.sample` explains each."""

    model_config = SettingsConfigDict(env_prefix="DRAGOMAN_", env_file=".env", extra="ignore")

    home: Path = Path(".dragoman")
    database_url: str | None = None
    chroma_url: str | None = None
    policy_file: Path | None = None
    languages_dir: Path | None = None
    markets_dir: Path | None = None

    llm_base_url: str | None = None
    llm_api_key: SecretStr | None = None
    llm_model: str | None = None
    llm_timeout_s: float = 20.0

    secret: SecretStr | None = None
    customer_token_secret: SecretStr | None = None
    customer_token_jwks_url: str | None = None

    smtp_url: str | None = None
    mail_from: str | None = None
    staff_mail: str | None = None
    staff_webhook_url: str | None = None
    staff_webhook_secret: SecretStr | None = None
    staff_slack_url: SecretStr | None = None
    staff_feishu_url: SecretStr | None = None
    staff_feishu_secret: SecretStr | None = None
    staff_dingtalk_url: SecretStr | None = None
    staff_dingtalk_secret: SecretStr | None = None
    staff_wecom_url: SecretStr | None = None
    staff_robots_from: Priority = Priority.HIGH
    public_url: str | None = None
    limits_url: str = "memory://"
    message_limits: str = "30/minute;20/second"

    demo: bool = False
    mode: Mode | None = None
    burst_wait_ms: int = 0
    reply_wait_s: float = 15.0
    picture_max_bytes: int = 10_000_000
    picture_max_pixels: int = 50_000_000
    pictures_per_conversation: int = 20
    origins: tuple[str, ...] = ()
    log_level: str = "info"

    @property
    def database(self) -> str:
        """The database URL, by default a SQLite file in the home folder."""
        return self.database_url or f"sqlite:///{self.home / 'dragoman.db'}"

    @property
    def default_mode(self) -> Mode:
        """What holds where `modes.yaml` has no rule: people release the answers of a real shop, the demo speaks."""
        return self.mode or (Mode.AUTO if self.demo else Mode.DRAFT)
