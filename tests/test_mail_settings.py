"""The settings of the mail server, and what is wrong with them."""

from pathlib import Path

import pytest

from api.settings import load
from api.settings_given import SettingsError
from tests.conftest import SECRET


@pytest.fixture(autouse=True)
def _nothing_else_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env here
    monkeypatch.setenv("GATEFOLD_SECRET_KEY", SECRET)


def test_without_a_mail_server_there_is_none() -> None:
    assert (load().mail.host, load().mail.sender) == (None, None)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_mail_has_its_usual_port(monkeypatch: pytest.MonkeyPatch, security: str, port: int) -> None:
    monkeypatch.setenv("GATEFOLD_MAIL__HOST", "mail.press.example")
    monkeypatch.setenv("GATEFOLD_MAIL__SENDER", "books@press.example")
    monkeypatch.setenv("GATEFOLD_MAIL__SECURITY", security)
    assert load().mail.port == port


def test_the_mail_password_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush-hush\n")
    monkeypatch.setenv("GATEFOLD_MAIL__USERNAME", "gatefold")
    monkeypatch.setenv("GATEFOLD_MAIL__PASSWORD_FILE", str(tmp_path / "password"))
    password = load().mail.password
    assert password is not None
    assert password.get_secret_value() == "hush-hush"
    assert "hush" not in repr(load())


@pytest.mark.parametrize(
    ("named", "given"),
    [
        ("SENDER", {"SENDER": ""}),
        ("SENDER", {"SENDER": "Sample Press"}),
        ("SENDER", {"SENDER": "books@press.example, evil@example.org"}),
        ("SENDER", {"SENDER": "Sample Press\r\nBcc: x <books@press.example>"}),
        ("PASSWORD", {"PASSWORD": "hush-hush"}),
        ("PASSWORD", {"USERNAME": "gatefold"}),
        ("PASSWORD", {"USERNAME": "gatefold", "PASSWORD": "hush-hush", "SECURITY": "none"}),
        ("SECURITY", {"SECURITY": "ssl"}),
        ("PORT", {"PORT": "0"}),
        ("TIMEOUT", {"TIMEOUT": "0"}),
    ],
)
def test_a_wrong_setting_of_mail_is_named(monkeypatch: pytest.MonkeyPatch, named: str, given: dict[str, str]) -> None:
    monkeypatch.setenv("GATEFOLD_MAIL__HOST", "mail.press.example")
    for name, value in ({"SENDER": "Sample Press <books@press.example>"} | given).items():
        monkeypatch.setenv(f"GATEFOLD_MAIL__{name}", value)
    with pytest.raises(SettingsError) as failure:
        load()
    assert [line.split()[0].rstrip(":") for line in failure.value.lines] == [f"GATEFOLD_MAIL__{named}"]
