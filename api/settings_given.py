"""What is given for the settings, before any value is judged: names that are none, and files that can't be read."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from dotenv.parser import parse_stream
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

PREFIX = "GATEFOLD_"
BETWEEN = "__"
ENV_FILE = ".env"
ENCODING = "utf-8-sig"  # some editors put a mark before the first name
IN_FILE = "_FILE"
SECRETS_IN_FILES = (
    "SECRET_KEY_FILE",
    "DATABASE_URL_FILE",
    "CLIENT_SECRET_FILE",
    "METRICS_TOKEN_FILE",
    "MAIL__PASSWORD_FILE",
    "CROSSREF__PASSWORD_FILE",
)
ANY_ID = "<ID>"  # stands for a provider's id in a name
# What Kubernetes tells containers about services that happen to be called so.
FOREIGN = re.compile(r".*(_SERVICE_(HOST|PORT(_.+)?)|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
FOREIGN_VALUE = re.compile(r"(tcp|udp|sctp)://.+")


class SettingsError(Exception):
    """Settings that don't hold up; one line each, beginning with the setting's name."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class SecretFiles(PydanticBaseSettingsSource):
    """Any secret `X` may come from the file that `X_FILE` names, in the environment or in `.env`."""

    def __init__(self, settings: type[BaseSettings], names: Mapping[str, str | None]) -> None:
        super().__init__(settings)
        self._names = {name.upper(): value for name, value in names.items() if value}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        faults = []
        for name, path in secret_files(self._names).items():
            *folders, leaf = name.removeprefix(PREFIX).removesuffix(IN_FILE).lower().split(BETWEEN)
            place = found
            for folder in folders:
                place = place.setdefault(folder, {})
            try:
                place[leaf] = _secret_in(path)
            except ValueError as error:
                faults.append(f"{name}: {path} {error}")
        if faults:
            raise SettingsError(faults)
        return found


def given_names() -> dict[str, str]:
    """Everything in the environment and in `.env` that is called like a setting and has something behind it."""
    in_file, _ = _read(Path(ENV_FILE))
    found = {name.upper(): value for name, value in (in_file | os.environ).items() if value}
    return {name: value for name, value in found.items() if name.startswith(PREFIX)}


def secret_files(names: Mapping[str, str]) -> dict[str, str]:
    return {name: at for name, at in names.items() if name.startswith(PREFIX) and name.endswith(SECRETS_IN_FILES)}


def fields(model: type[BaseModel], prefix: str = PREFIX) -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its name in the environment, in order; a provider's have `<ID>` in theirs."""
    for name, field in model.model_fields.items():
        here = f"{prefix}{name.upper()}"
        match (field.annotation, *get_args(field.annotation)):
            case (type() as part,) if issubclass(part, BaseModel):
                yield from fields(part, f"{here}{BETWEEN}")
            case (_, _, type() as part) if issubclass(part, BaseModel):
                yield from fields(part, f"{here}{BETWEEN}{ANY_ID}{BETWEEN}")
            case _:
                yield here, field


def file_faults() -> list[str]:
    """What keeps `.env` from being read."""
    return _read(Path(ENV_FILE))[1]


def name_faults(model: type[BaseModel]) -> list[str]:
    """Names that belong to no setting, which are mostly misspelt, and secrets that are given twice."""
    known = {name for name, _ in fields(model)}
    known |= {f"{name}{IN_FILE}" for name in known if f"{name}{IN_FILE}".endswith(SECRETS_IN_FILES)}
    names = given_names()
    unknown = (f"{name} is no setting; {_meant(name, known)}" for name in names if not _is_known(name, known))
    twice = (
        f"{name} is set, and {name.removesuffix(IN_FILE)} too; take one of them away"
        for name in secret_files(names)
        if name.removesuffix(IN_FILE) in names
    )
    foreign = {name for name, value in names.items() if FOREIGN.fullmatch(name) or FOREIGN_VALUE.fullmatch(value)}
    return [line for line in (*unknown, *twice) if line.partition(" ")[0] not in foreign]


def _is_known(name: str, known: set[str]) -> bool:
    return name in known or _without_id(name) in known


def _meant(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(_without_id(name), sorted(known), n=1, cutoff=0.85)
    parts = sorted(each for each in known if each.startswith(f"{name}{BETWEEN}"))
    if parts:
        return f"each of its parts is set by itself, such as {parts[0]}"
    return f"is {near[0]} meant?" if near else "docs/configuration.md has them all"


def _without_id(name: str) -> str:
    """The name with `<ID>` in the place of a provider's."""
    head, *rest = name.split(BETWEEN)
    return BETWEEN.join([head, ANY_ID, *rest[1:]]) if head == f"{PREFIX}PROVIDERS" and len(rest) > 1 else name


def _read(path: Path) -> tuple[dict[str, str | None], list[str]]:
    """The names in a file like `.env`, and what is wrong with it. One that is not there is no fault."""
    try:
        if path.is_dir():
            return {}, [f"{path} is a folder, and should be a file of settings"]
        if not path.is_file():
            return {}, []
        with path.open(encoding=ENCODING) as file:
            lines = list(parse_stream(file))
    except OSError as error:
        return {}, [f"{path} can't be read ({error.strerror})"]
    except UnicodeDecodeError:
        return {}, [f"{path} can't be read (it is no text in UTF-8)"]
    wrong = [f"{path}, line {each.original.line}: is not of the form NAME=value" for each in lines if each.error]
    return {each.key: each.value for each in lines if each.key is not None}, wrong


def _secret_in(path: str) -> str:
    try:
        secret = Path(path).read_text(encoding=ENCODING).strip()
    except OSError as error:
        raise ValueError(f"can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ValueError("can't be read (it is no text in UTF-8)") from error
    if not secret:
        raise ValueError("is empty")
    return secret
