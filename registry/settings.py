"""What an installation can decide, as one frozen object: from `LEXICORD_…` in the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, with the value of an embedded registry as its default."""

    model_config = SettingsConfigDict(env_prefix="LEXICORD_", frozen=True, extra="ignore")

    registry: str = Field("lexicord-registry", description="The registry: a folder, or the URL of a server.")
    token: SecretStr | None = Field(None, description="The access token for a server.")
    database_url: str | None = Field(None, description="postgresql+psycopg://… instead of the folder's SQLite file.")
    receipts: Path | None = Field(None, description="Folder of the receipts; the registry's own by default.")
    max_body: int = Field(64 * 1024 * 1024, ge=1, description="Bytes of a request body over HTTP.")
    rate_limit: int = Field(0, ge=0, description="Requests a second and token; 0 is no limit.")
    audience: str = Field("lexicord", description="What tokens of this registry are for.")
    languages: tuple[str, ...] = Field(("en",), description="Display languages, the preferred one first.")
    log_level: str = Field("WARNING", description="Level of the log on stderr.")
