"""Every setting, with its sentence. Read from the environment and `.env`; checked before the port opens."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from api.settings_crossref import CrossrefSettings
from api.settings_parts import (
    SMALLEST_S3_PART,
    FairUseSettings,
    MailSettings,
    Network,
    ProviderSettings,
    StorageSettings,
    UploadSettings,
    endpoint,
    is_loopback,
    networks_with_commas,
)

PREFIX = "GATEFOLD_"
MINIMUM_SECRET = 32  # characters
PROVIDER_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
SECRETS_IN_FILES = (
    "SECRET_KEY_FILE",
    "DATABASE_URL_FILE",
    "CLIENT_SECRET_FILE",
    "METRICS_TOKEN_FILE",
    "MAIL__PASSWORD_FILE",
    "CROSSREF__PASSWORD_FILE",
)
EMAIL = re.compile(r"[^\s@<>\"?&%]+@[^\s@<>\"?&%]+")
PLACEHOLDERS = ("change", "replace", "example", "secret", "placeholder")


class UsageSettings(BaseModel):
    """What is kept of use, and how COUNTER reports name this portal."""

    raw_days: int = Field(
        45,
        ge=32,
        le=45,
        description="Days that single events of use are kept (32 to 45); from then on there are only monthly sums, "
        "which are kept for good. A month has to be closed first, which is done a day after its end.",
    )
    platform: str = Field(
        "Gatefold", min_length=2, max_length=80, description="The name of this portal in COUNTER reports: `Platform`."
    )
    registry_record: str = Field(
        "",
        pattern=r"^(https://registry\.(projectcounter|countermetrics)\.org/platform/[0-9a-f-]{36})?$",
        description="The address of this portal's record in the COUNTER Registry, if it has one.",
    )


class Settings(BaseSettings):
    """All settings of one portal."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        env_ignore_empty=True,  # a name with nothing behind it is not set
        extra="ignore",
        validate_default=True,
    )

    public_url: str = Field(
        "http://localhost:8000", description="The one origin that absolute addresses are made from."
    )
    secret_key: SecretStr = Field(
        description=f"Keys every digest, each use with its own purpose; at least {MINIMUM_SECRET} characters."
    )
    database_url: str = Field(
        "sqlite:///var/gatefold.db",
        description="Where the records are kept: `sqlite:///…` or `postgresql+psycopg://…`.",
    )
    database_pool: int = Field(
        5,
        ge=1,
        le=50,
        description="Connections to PostgreSQL that one worker keeps (1 to 50); under load it opens as many again.",
    )
    storage: StorageSettings = Field(default_factory=lambda: StorageSettings())
    uploads: UploadSettings = Field(default_factory=lambda: UploadSettings())
    ticket_lifetime: int = Field(600, ge=120, le=86_400, description="Seconds a download link lives (120 to 86400).")
    ticket_uses: int = Field(5, ge=1, le=1000, description="Transfers a download link serves.")
    store_link_lifetime: int = Field(
        120, ge=120, le=900, description="Seconds a pre-signed link to the S3 store lives (120 to 900)."
    )
    fair_use: FairUseSettings = Field(default_factory=lambda: FairUseSettings())
    usage: UsageSettings = Field(default_factory=lambda: UsageSettings())
    providers: dict[str, ProviderSettings] = Field(default_factory=dict)
    admins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Who becomes an administrator at sign-in: `<provider id>:<subject>`, with commas between. Taking "
        "a name off takes no role back; `gatefold user promote` does.",
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="Networks, with commas between, whose forwarded headers are believed."
    )
    operator_port: int | None = Field(
        None, ge=1, le=65_535, description="Port on 127.0.0.1 where `gatefold serve` shows its figures at `/metrics`."
    )
    metrics_token: SecretStr | None = Field(
        None,
        description=f"Bearer token that opens `/metrics` on the public port; at least {MINIMUM_SECRET} characters.",
    )
    telemetry_url: str | None = Field(
        None,
        description="Address of an OpenTelemetry collector (OTLP over HTTP, such as `http://127.0.0.1:4318`) that is "
        "sent a span for each request; it needs `pip install gatefold[telemetry]`.",
    )
    contact: str | None = Field(
        None, description="Whom readers ask who have none of the accounts: an e-mail address, or an https address."
    )
    ai_crawlers: bool = Field(
        True,
        description="Whether robots.txt lets the crawlers that gather texts for AI, by their names, read the public "
        "pages; files behind the sign-in are closed to them either way.",
    )
    mail: MailSettings = Field(default_factory=lambda: MailSettings())
    crossref: CrossrefSettings = Field(default_factory=lambda: CrossrefSettings())
    demo: bool = Field(
        False,
        description="Demo mode: an embedded provider with example people. Only `gatefold demo` sets it.",
    )

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is not an origin like https://books.example.org")
        if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
            raise ValueError("is more than an origin; leave out the path and everything after it")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("has to begin with https:// (http:// only on loopback)")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks_with_commas(cls, given: Any) -> Any:
        return networks_with_commas(given)

    @field_validator("secret_key", "metrics_token")
    @classmethod
    def _secret_is_secret(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None:
            return None
        value = key.get_secret_value()
        if len(value) < MINIMUM_SECRET:
            raise ValueError(f"is shorter than {MINIMUM_SECRET} characters")
        if len(set(value)) < 8 or any(word in value.lower() for word in PLACEHOLDERS):
            raise ValueError("is a placeholder; make a random one")
        return key

    @field_validator("telemetry_url")
    @classmethod
    def _collector_is_an_origin(cls, url: str | None) -> str | None:
        return endpoint(url)

    @field_validator("providers")
    @classmethod
    def _provider_ids_are_short_names(cls, providers: dict[str, ProviderSettings]) -> dict[str, ProviderSettings]:
        for provider_id in providers:
            if not PROVIDER_ID.fullmatch(provider_id):
                raise ValueError(f"has {provider_id!r}, which is no short name of letters, digits and hyphens")
        return providers

    @field_validator("admins", mode="before")
    @classmethod
    def _between_commas(cls, given: Any) -> Any:
        return tuple(filter(None, map(str.strip, given.split(",")))) if isinstance(given, str) else given

    @field_validator("admins")
    @classmethod
    def _admins_are_people(cls, admins: tuple[str, ...]) -> tuple[str, ...]:
        for person in admins:
            provider_id, _, subject = person.partition(":")
            if not PROVIDER_ID.fullmatch(provider_id) or not subject:
                raise ValueError(f"has {person!r}, which is not of the form <provider id>:<subject>")
        return admins

    @field_validator("contact")
    @classmethod
    def _contact_is_a_link(cls, contact: str | None) -> str | None:
        if contact is not None and not contact.startswith("https://") and not EMAIL.fullmatch(contact):
            raise ValueError("is neither an e-mail address nor an address that begins with https://")
        return contact

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("has to begin with sqlite:/// or postgresql+psycopg://")
        return url

    @model_validator(mode="after")
    def _demo_stays_home(self) -> Self:
        if self.demo and not is_loopback(urlsplit(self.public_url).hostname or ""):
            raise ValueError("GATEFOLD_DEMO works only with a public URL on loopback")
        return self

    @model_validator(mode="after")
    def _parts_suit_the_store(self) -> Self:
        if self.storage.kind == "s3" and self.uploads.part_size < SMALLEST_S3_PART:
            raise ValueError(f"GATEFOLD_UPLOADS__PART_SIZE is below {SMALLEST_S3_PART}, which an S3 store refuses")
        return self

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, SecretFiles(settings_cls), env_settings, dotenv_settings


class SecretFiles(PydanticBaseSettingsSource):
    """Any secret `X` may come from the file that `X_FILE` names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, path in os.environ.items():
            if name.startswith(PREFIX) and name.endswith(SECRETS_IN_FILES):
                *folders, leaf = name.removeprefix(PREFIX).removesuffix("_FILE").lower().split("__")
                place = found
                for folder in folders:
                    place = place.setdefault(folder, {})
                try:
                    place[leaf] = Path(path).read_text().strip()
                except OSError as error:
                    raise SettingsError([f"{name}: {path} can't be read ({error.strerror})"]) from error
        return found


class SettingsError(Exception):
    """Settings that don't hold up; one line each, beginning with the setting's name."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load(**given: Any) -> Settings:
    """The settings as the environment and `.env` have them, or SettingsError naming each one that is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError([_in_words(problem) for problem in error.errors()]) from error


def _in_words(problem: Any) -> str:
    name = PREFIX + "__".join(str(part) for part in problem["loc"]).upper() if problem["loc"] else ""
    if problem["type"] == "missing":
        return f"{name} is not set"
    words = problem["msg"].removeprefix("Value error, ")
    return f"{name} {words}" if problem["type"] == "value_error" else f"{name}: {words}"
