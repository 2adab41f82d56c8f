"""Settings that stand together under one name: store, uploads, mail server, provider. Each checks what fits."""

import re
from email.utils import getaddresses
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from api.settings_addresses import (
    Network,
    endpoint,
    is_host,
    is_loopback,
    networks_with_commas,
    parts_of,
    secure,
)
from storage.parts import MOST as MOST_PARTS

BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
DELIVERIES = {"local": ("stream", "x-accel"), "s3": ("redirect", "proxy")}  # the first is the default
TENANT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
SMALLEST_S3_PART = 5 << 20  # bytes of any part but the last
PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"  # where Microsoft keeps everyone's own accounts
MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}
MAIL_ADDRESS = re.compile(r"[^\s@<>(),:;\"\[\]\\]+@[A-Za-z0-9.-]+")
SHARED_TENANTS = ("common", "organizations", "consumers", PERSONAL_TENANT)


class StorageSettings(BaseModel):
    """Where the files are kept."""

    model_config = ConfigDict(validate_default=True)

    kind: Literal["local", "s3"] = Field("local", description="Which store keeps the files: `local` or `s3`.")
    root: Path = Field(Path("var/files"), description="Folder of the local store.")
    delivery: Literal["stream", "x-accel", "redirect", "proxy"] | None = Field(
        None,
        description="How bytes leave the store. Local: `stream` (default) or `x-accel` (left to nginx, "
        "with docs/nginx.conf). S3: `redirect` (default; the reader is "
        "sent on to a pre-signed link) or `proxy` (through the portal).",
    )
    bucket: str | None = Field(None, description="The S3 store's bucket; keep it private.")
    region: str | None = Field(None, description="The bucket's region; default: as boto3 finds it, else `us-east-1`.")
    endpoint_url: str | None = Field(None, description="Address of an S3 store other than Amazon's.")
    public_endpoint_url: str | None = Field(
        None,
        description="The same store's address as readers reach it, where that is another; links are signed for it.",
    )

    @field_validator("delivery")
    @classmethod
    def _delivery_suits_the_store(cls, delivery: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind is None:
            return delivery
        if delivery is not None and delivery not in DELIVERIES[kind]:
            raise ValueError(f"is {delivery}, but a store of kind {kind} knows {' and '.join(DELIVERIES[kind])}")
        return delivery or DELIVERIES[kind][0]

    @field_validator("bucket")
    @classmethod
    def _s3_has_a_bucket(cls, bucket: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("kind") == "s3" and bucket is None:
            raise ValueError("is not set, and a store of kind s3 needs one")
        if bucket is not None and not BUCKET.fullmatch(bucket):
            raise ValueError("is no name of a bucket (3 to 63 small letters, digits and hyphens)")
        return bucket

    @field_validator("endpoint_url", "public_endpoint_url")
    @classmethod
    def _endpoint_is_an_origin(cls, url: str | None) -> str | None:
        return endpoint(url)

    @field_validator("public_endpoint_url")
    @classmethod
    def _readers_links_are_safe(cls, url: str | None, info: ValidationInfo) -> str | None:
        parts = urlsplit(url or info.data.get("endpoint_url") or "")
        is_plain = parts.scheme == "http" and not is_loopback(parts.hostname or "")
        if info.data.get("delivery") == "redirect" and is_plain:
            raise ValueError("has to be set, and to begin with https://, where readers are redirected to the store")
        return url


class UploadSettings(BaseModel):
    """What editors may send from their browsers."""

    model_config = ConfigDict(validate_default=True)

    part_size: int = Field(
        16 << 20,
        ge=1 << 16,
        le=1 << 30,
        description="Bytes of one part of an upload (65536 to 1073741824); an S3 store takes none below "
        f"{SMALLEST_S3_PART}.",
    )
    largest: int = Field(10_000_000_000, ge=1, description="Bytes of the largest file that can be uploaded.")
    largest_form: int = Field(
        200_000_000,
        ge=1,
        description="Bytes of the largest file that is taken from a browser without scripts, in one piece.",
    )
    editor_quota: int = Field(50_000_000_000, ge=1, description="Bytes that one editor may upload in a day.")
    quota: int = Field(200_000_000_000, ge=1, description="Bytes that all editors together may upload in a day.")

    @field_validator("largest")
    @classmethod
    def _largest_has_parts_enough(cls, largest: int, info: ValidationInfo) -> int:
        most = MOST_PARTS * info.data.get("part_size", largest)
        if largest > most:
            raise ValueError(f"is {largest}, but {MOST_PARTS} parts of this size are {most} bytes")
        return largest


class MailSettings(BaseModel):
    """The server that takes the portal's mails. Without a host there are none."""

    model_config = ConfigDict(validate_default=True)

    host: str | None = Field(
        None, description="Name of the mail server (SMTP); without it notices wait on readers' pages."
    )
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the way to the mail server is made safe: `starttls`, `tls` from the first byte, or `none`.",
    )
    port: int | None = Field(
        None, ge=1, le=65_535, description="The mail server's port; default: 587, with `tls` 465, with `none` 25."
    )
    username: str | None = Field(None, description="User name at the mail server, where it asks for one.")
    password: SecretStr | None = Field(None, description="Password at the mail server.")
    sender: str | None = Field(
        None,
        description="Whom mails come from, best with the press's name: `Example Press <books@example.org>`.",
    )
    timeout: int = Field(20, ge=1, le=60, description="Seconds to wait for each answer of the mail server (1 to 60).")

    @field_validator("host")
    @classmethod
    def _host_is_a_name(cls, host: str | None) -> str | None:
        if host is not None and not is_host(host):
            raise ValueError(
                "is not the name of a server alone, such as mail.example.org; its port is a setting of its own"
            )
        return host

    @field_validator("port")
    @classmethod
    def _usual_port(cls, port: int | None, info: ValidationInfo) -> int | None:
        return port or MAIL_PORTS.get(info.data.get("security", ""))

    @field_validator("password")
    @classmethod
    def _password_goes_the_safe_way(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (password is None) != (info.data.get("username") is None):
            raise ValueError("and GATEFOLD_MAIL__USERNAME are set together or not at all")
        if password is not None and info.data.get("security") == "none":
            raise ValueError("would go over the wire for all to read; set GATEFOLD_MAIL__SECURITY to starttls or tls")
        return password

    @field_validator("sender")
    @classmethod
    def _sender_is_an_address(cls, sender: str | None, info: ValidationInfo) -> str | None:
        if sender is None and info.data.get("host") is not None:
            raise ValueError("is not set, and mails have to come from someone")
        if sender is None:
            return None
        found = [address for _, address in getaddresses([sender])]
        if not sender.isprintable() or len(found) != 1 or not MAIL_ADDRESS.fullmatch(found[0]):
            raise ValueError("is not of the form Example Press <books@example.org>")
        return sender


class FairUseSettings(BaseModel):
    """What an account and a network may have in a day before downloads slow down."""

    account_links: int = Field(
        100,
        ge=0,
        le=1_000_000,
        description="Download links that an account may make in a day (UTC). From four fifths on its pages warn, "
        "beyond it downloads slow down, at half as many again no new one comes until midnight; 0: any number.",
    )
    account_megabytes: int = Field(
        10_000, ge=0, le=1_000_000, description="Megabytes that an account may download in a day; 0: any number."
    )
    network_links: int = Field(
        3_000,
        ge=0,
        le=1_000_000,
        description="Download links that one network (an IPv4 address, or the /64 of an IPv6 address; a campus can be "
        "one) may make in a day; 0: any number.",
    )
    network_megabytes: int = Field(
        300_000, ge=0, le=1_000_000, description="Megabytes that one network may download in a day; 0: any number."
    )
    slow_kilobytes: int = Field(
        500,
        ge=10,
        le=1_000_000,
        description="Kilobytes in a second that a slowed download gets. With `redirect` delivery, where the store "
        "sends the bytes, links come one in five minutes instead.",
    )


class ProviderSettings(BaseModel):
    """One sign-in provider."""

    kind: Literal["google", "orcid", "github", "microsoft", "oidc"] = Field(
        description="Kind: `google`, `orcid`, `github`, `microsoft`, or `oidc` for any OpenID Connect provider."
    )
    issuer: str | None = Field(
        None,
        validate_default=True,
        description="Only for `oidc`: the provider's issuer, exactly as it names itself; https, or http on loopback.",
    )
    tenant: str | None = Field(
        None,
        validate_default=True,
        description="Only for `microsoft`: the organisation's tenant, its id or a domain it has verified.",
    )
    client_id: str = Field(min_length=1, description="The client id that the provider gave you.")
    client_secret: SecretStr = Field(min_length=1, description="The client secret that the provider gave you.")
    label: str | None = Field(None, description="The provider's name as readers see it; default: its own, or its id.")
    scopes: str | None = Field(None, description="Scopes to ask for, with spaces between; default: those of its kind.")
    staff_acr: str | None = Field(
        None,
        description="Only for `oidc`: the provider's names (`acr`) for sign-ins that are strong enough for the desk, "
        "such as `https://refeds.org/profile/mfa`, with spaces between. Staff are asked for one of them, and without "
        "one, by this provider or another, the desk is closed to them.",
    )
    networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="Networks, with commas between, where the provider may be asked although they are not public, such "
        "as `10.20.0.0/16`. A provider whose issuer is on loopback may be asked there anyway.",
    )

    @field_validator("networks", mode="before")
    @classmethod
    def _networks_with_commas(cls, given: Any) -> Any:
        return networks_with_commas(given)

    @field_validator("issuer")
    @classmethod
    def _issuer_is_safe(cls, issuer: str | None, info: ValidationInfo) -> str | None:
        if not _is_for("oidc", issuer, info) or issuer is None:
            return issuer
        parts = parts_of(issuer, "https://id.example.edu")
        if parts.query or parts.fragment:
            raise ValueError("is not the address of an issuer, which has no ? and no #")
        secure(parts)
        return issuer

    @field_validator("tenant")
    @classmethod
    def _tenant_is_one_organisation(cls, tenant: str | None, info: ValidationInfo) -> str | None:
        if not _is_for("microsoft", tenant, info) or tenant is None:
            return tenant
        tenant = tenant.lower()
        if tenant in SHARED_TENANTS:
            raise ValueError("has to be one organisation's; the shared ones would let every Microsoft account in")
        if not TENANT_ID.fullmatch(tenant) and not DOMAIN.fullmatch(tenant):
            raise ValueError("is neither a tenant id nor a domain")
        return tenant

    @field_validator("staff_acr")
    @classmethod
    def _contexts_have_names(cls, given: str | None, info: ValidationInfo) -> str | None:
        if given is not None and info.data.get("kind", "oidc") != "oidc":
            raise ValueError("is only for the kind oidc")
        if given is not None and not (given.isascii() and given.isprintable() and given.split()):
            raise ValueError("is no list of names with spaces between")
        return given

    @field_validator("scopes")
    @classmethod
    def _scopes_say_who(cls, scopes: str | None, info: ValidationInfo) -> str | None:
        needed = "user:email" if info.data.get("kind") == "github" else "openid"
        if scopes is not None and needed not in scopes.split():
            raise ValueError(f"has to contain {needed}")
        return scopes


def _is_for(kind: str, value: str | None, info: ValidationInfo) -> bool:
    """Whether the field belongs to this provider's kind: there it must be set, elsewhere it must not."""
    given = info.data.get("kind")
    if given == kind and value is None:
        raise ValueError("is not set")
    if given != kind and given is not None and value is not None:
        raise ValueError(f"is only for the kind {kind}")
    return given == kind
