"""The settings of the press's account at Crossref."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from api.settings_addresses import parts_of, secure
from api.settings_parts import MAIL_ADDRESS


class CrossrefSettings(BaseModel):
    """The press's account at Crossref. Without one, deposits are prepared and shown at the desk, and none is sent."""

    model_config = ConfigDict(validate_default=True)

    username: str | None = Field(
        None, description="User name at Crossref, with its role; without it deposits of DOIs are prepared only."
    )
    password: SecretStr | None = Field(None, description="Password at Crossref.")
    address: str = Field(
        "https://doi.crossref.org",
        description="Where deposits go; `https://test.crossref.org` registers nothing and is there to try it.",
    )
    prefix: str | None = Field(
        None,
        pattern=r"^10\.[0-9]{4,9}$",
        description="The press's DOI prefix, such as `10.5555`; a DOI that does not begin with it is never deposited.",
    )
    depositor: str = Field(
        "", max_length=130, description="Who deposits, as Crossref is told; default: the title's publisher."
    )
    email: str | None = Field(
        None, description="Where Crossref sends its reports; default: the contact, or the sender of mails."
    )
    timeout: int = Field(30, ge=1, le=120, description="Seconds to wait for each answer of Crossref (1 to 120).")

    @field_validator("password")
    @classmethod
    def _account_is_whole(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (password is None) != (info.data.get("username") is None):
            raise ValueError("and GATEFOLD_CROSSREF__USERNAME are set together or not at all")
        return password

    @field_validator("address")
    @classmethod
    def _address_is_safe(cls, address: str) -> str:
        parts = parts_of(address, "https://doi.crossref.org")
        if parts.query or parts.fragment or parts.username is not None:
            raise ValueError("is no address like https://doi.crossref.org")
        secure(parts)
        return address.rstrip("/")

    @field_validator("prefix")
    @classmethod
    def _prefix_goes_with_the_account(cls, prefix: str | None, info: ValidationInfo) -> str | None:
        if prefix is None and info.data.get("username") is not None:
            raise ValueError("is not set, and without it a DOI of another house might be sent")
        return prefix

    @field_validator("email")
    @classmethod
    def _email_is_an_address(cls, email: str | None) -> str | None:
        if email is not None and not MAIL_ADDRESS.fullmatch(email):
            raise ValueError("is no e-mail address")
        return email
