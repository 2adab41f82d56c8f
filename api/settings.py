"""Every setting, with its sentence. Read from the environment and `.env`; checked before the port opens."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import pydantic_settings
from pydantic import BaseModel, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from api.settings_addresses import Network, bare, endpoint, is_loopback, networks_with_commas, parts_of, secure
from api.settings_crossref import CrossrefSettings
from api.settings_given import (
    BETWEEN,
    ENCODING,
    ENV_FILE,
    PREFIX,
    SecretFiles,
    SettingsError,
    file_faults,
    name_faults,
)
from api.settings_parts import (
    SMALLEST_S3_PART,
    FairUseSettings,
    MailSettings,
    ProviderSettings,
    StorageSettings,
    UploadSettings,
)

MINIMUM_SECRET = 32  # characters
PROVIDER_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
EMAIL = re.compile(r"[^\s@<>\"?&%]+@[^\s@<>\"?&%]+")
SQLITE_FILE = re.compile(r"sqlite:///[^?:][^?]*(\?.*)?")
# A name and its password, a host or its number, a port, and the database, all as SQLAlchemy splits them.
POSTGRESQL = re.compile(
    r"postgresql\+psycopg://([^:/@]+(:[^@]*)?@)?(\[[^/]+\]|[^/:@\[\]]*)(:[0-9]{1,5})?/[^/?\s]+(\?.*)?"
)
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
        env_nested_delimiter=BETWEEN,
        env_file=ENV_FILE,
        env_file_encoding=ENCODING,
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
        parts = parts_of(url, "https://books.example.org")
        secure(parts)
        return bare(parts)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks_with_commas(cls, given: Any) -> Any:
        return networks_with_commas(given)

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_our_own(cls, networks: tuple[Network, ...]) -> tuple[Network, ...]:
        for network in networks:
            if network.prefixlen == 0:
                raise ValueError(f"has {network}, which is everyone, so readers could say who they are themselves")
        return networks

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

    @field_validator("metrics_token")
    @classmethod
    def _token_is_another_secret(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if token is not None and token == info.data.get("secret_key"):
            raise ValueError("is the same as GATEFOLD_SECRET_KEY; make another")
        return token

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
        if url.startswith("sqlite") and not SQLITE_FILE.fullmatch(url):
            raise ValueError("names no file, as sqlite:///var/gatefold.db does")
        if url.startswith("postgresql") and not POSTGRESQL.fullmatch(url):
            raise ValueError(
                "is not of the form postgresql+psycopg://name:password@host:5432/database; in a password write %40 "
                "for @, %3A for : and %2F for /"
            )
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
        names = {**_names(dotenv_settings), **_names(env_settings)}
        return init_settings, SecretFiles(settings_cls, names), env_settings, dotenv_settings


def _names(source: PydanticBaseSettingsSource) -> Mapping[str, str | None]:
    return source.env_vars if isinstance(source, EnvSettingsSource) else {}


def load(**given: Any) -> Settings:
    """The settings as the environment and `.env` have them, or SettingsError naming each one that is wrong."""
    if unreadable := file_faults():
        raise SettingsError(unreadable)
    faults = name_faults(Settings)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError([*faults, *map(_in_words, error.errors())]) from error
    except pydantic_settings.SettingsError:
        if not faults:  # a part's own name, such as GATEFOLD_STORAGE, which is told already
            raise
        raise SettingsError(faults) from None
    if faults:
        raise SettingsError(faults)
    return settings


def _in_words(problem: Any) -> str:
    name = PREFIX + BETWEEN.join(str(part) for part in problem["loc"]).upper() if problem["loc"] else ""
    if problem["type"] == "missing":
        return f"{name} is not set"
    words = problem["msg"].removeprefix("Value error, ")
    return f"{name} {words}".lstrip() if problem["type"] == "value_error" else f"{name}: {words}"
