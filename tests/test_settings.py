"""Settings and where they come from; those of a provider, and what is wrong with them."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import load
from api.settings_given import SettingsError

ROOT = Path(__file__).parent.parent
GOOD = {"GATEFOLD_SECRET_KEY": "k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca"}
CAMPUS = {
    "GATEFOLD_PROVIDERS__CAMPUS__KIND": "oidc",
    "GATEFOLD_PROVIDERS__CAMPUS__ISSUER": "https://id.example.edu",
    "GATEFOLD_PROVIDERS__CAMPUS__CLIENT_ID": "gatefold",
    "GATEFOLD_PROVIDERS__CAMPUS__CLIENT_SECRET": "from-the-provider",
}


@pytest.fixture(autouse=True)
def _nothing_else_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env here
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_a_secret_is_all_that_must_be_set() -> None:
    settings = load()
    assert settings.public_url == "http://localhost:8000"
    assert settings.ticket_lifetime == 600


def test_a_provider_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CAMPUS.items():
        monkeypatch.setenv(name, value)
    campus = load().providers["campus"]
    assert campus.issuer == "https://id.example.edu"
    assert "from-the-provider" not in repr(load())


def test_administrators_stand_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().admins == ()
    monkeypatch.setenv("GATEFOLD_ADMINS", "campus:jane, campus:urn:id:7,")
    assert load().admins == ("campus:jane", "campus:urn:id:7")


def test_secrets_may_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in CAMPUS.items():
        monkeypatch.setenv(name, value)
    key = tmp_path / "key"
    key.write_text("Zr4Tn8Vb3Lp6Hd5Fs1Gy0Cak7Jw2mQx9\n")
    monkeypatch.delenv("GATEFOLD_SECRET_KEY")
    monkeypatch.setenv("GATEFOLD_SECRET_KEY_FILE", str(key))
    monkeypatch.delenv("GATEFOLD_PROVIDERS__CAMPUS__CLIENT_SECRET")
    monkeypatch.setenv("GATEFOLD_PROVIDERS__CAMPUS__CLIENT_SECRET_FILE", str(key))
    settings = load()
    assert settings.secret_key.get_secret_value() == "Zr4Tn8Vb3Lp6Hd5Fs1Gy0Cak7Jw2mQx9"
    assert settings.providers["campus"].client_secret == settings.secret_key


def test_the_file_of_a_secret_may_be_named_in_the_settings_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GATEFOLD_SECRET_KEY")
    (tmp_path / "key").write_text("Zr4Tn8Vb3Lp6Hd5Fs1Gy0Cak7Jw2mQx9\n")
    (tmp_path / ".env").write_text("\ufeffGATEFOLD_SECRET_KEY_FILE=key\nGATEFOLD_TICKET_USES=7\nPATH_TO=elsewhere\n")
    assert load().secret_key.get_secret_value() == "Zr4Tn8Vb3Lp6Hd5Fs1Gy0Cak7Jw2mQx9"
    assert load().ticket_uses == 7


def test_names_that_kubernetes_gives_to_services_called_gatefold_are_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GATEFOLD_SERVICE_HOST": "10.0.0.11",
        "GATEFOLD_SERVICE_PORT": "8000",
        "GATEFOLD_PORT": "tcp://10.0.0.11:8000",
        "GATEFOLD_PORT_8000_TCP_ADDR": "10.0.0.11",
        "GATEFOLD_DATABASE_SERVICE_PORT_POSTGRESQL": "5432",
        "GATEFOLD_DATABASE_PORT": "tcp://10.0.0.12:5432",
    }.items():
        monkeypatch.setenv(name, value)
    load()
    monkeypatch.setenv("GATEFOLD_PORT", "8000")
    with pytest.raises(SettingsError, match="GATEFOLD_PORT is no setting"):
        load()


def test_a_providers_networks_stand_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CAMPUS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GATEFOLD_PROVIDERS__CAMPUS__NETWORKS", "10.20.0.0/16, 192.0.2.7")
    assert [str(each) for each in load().providers["campus"].networks] == ["10.20.0.0/16", "192.0.2.7/32"]


def test_a_database_address_with_its_password_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "address").write_text("postgresql+psycopg://gatefold:Zr4Tn8@db.example.org/gatefold\n")
    monkeypatch.setenv("GATEFOLD_DATABASE_URL_FILE", str(tmp_path / "address"))
    assert load().database_url == "postgresql+psycopg://gatefold:Zr4Tn8@db.example.org/gatefold"


def test_each_store_has_its_own_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().storage.delivery == "stream"
    monkeypatch.setenv("GATEFOLD_STORAGE__KIND", "s3")
    monkeypatch.setenv("GATEFOLD_STORAGE__BUCKET", "titles")
    assert load().storage.delivery == "redirect"
    monkeypatch.setenv("GATEFOLD_STORAGE__DELIVERY", "proxy")
    assert load().storage.delivery == "proxy"


def test_readers_are_not_sent_to_a_store_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEFOLD_STORAGE__KIND", "s3")
    monkeypatch.setenv("GATEFOLD_STORAGE__BUCKET", "titles")
    monkeypatch.setenv("GATEFOLD_STORAGE__ENDPOINT_URL", "http://minio:9000")
    with pytest.raises(SettingsError, match="GATEFOLD_STORAGE__PUBLIC_ENDPOINT_URL has to be set"):
        load()
    monkeypatch.setenv("GATEFOLD_STORAGE__PUBLIC_ENDPOINT_URL", "https://files.example.org")
    assert load().storage.public_endpoint_url == "https://files.example.org"
    monkeypatch.delenv("GATEFOLD_STORAGE__PUBLIC_ENDPOINT_URL")
    monkeypatch.setenv("GATEFOLD_STORAGE__DELIVERY", "proxy")
    assert load().storage.endpoint_url == "http://minio:9000"


def test_trusted_proxies_are_networks_with_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().trusted_proxies == ()
    monkeypatch.setenv("GATEFOLD_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,2001:db8::/48")
    assert [str(network) for network in load().trusted_proxies] == ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/48"]


def test_the_metrics_token_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("Hq7mT2xZr4Kn8Vb3Lp6Wd5Fs1Gy0CaJe\n")
    monkeypatch.setenv("GATEFOLD_METRICS_TOKEN_FILE", str(tmp_path / "token"))
    token = load().metrics_token
    assert token is not None
    assert token.get_secret_value() == "Hq7mT2xZr4Kn8Vb3Lp6Wd5Fs1Gy0CaJe"
    assert "Hq7m" not in repr(load())


FIXED = {"CLIENT_ID": "gatefold", "CLIENT_SECRET": "from-the-provider"}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"KIND": "oidc"}, "ISSUER is not set"),
        ({"KIND": "microsoft"}, "TENANT is not set"),
        ({"KIND": "microsoft", "TENANT": ""}, "TENANT is not set"),
        ({"KIND": "google", "CLIENT_SECRET": ""}, "CLIENT_SECRET is not set"),
        ({"KIND": "google", "ISSUER": "https://accounts.google.com"}, "ISSUER is only for the kind oidc"),
        ({"KIND": "google", "ISSUER": "accounts.google.com"}, "ISSUER is only for the kind oidc"),
        ({"KIND": "orcid", "TENANT": "orcid.org"}, "TENANT is only for the kind microsoft"),
        ({"KIND": "github", "ISSUER": "https://github.com"}, "ISSUER is only for the kind oidc"),
        ({"KIND": "github", "SCOPES": "read:user"}, "SCOPES has to contain user:email"),
        ({"KIND": "google", "SCOPES": "profile"}, "SCOPES has to contain openid"),
        *(
            ({"KIND": "microsoft", "TENANT": tenant}, "TENANT has to be one organisation's")
            for tenant in ("common", "Common", "organizations", "consumers", "9188040D-6C67-4C5B-B112-36A304B66DAD")
        ),
        *(
            ({"KIND": "microsoft", "TENANT": tenant}, "TENANT is neither a tenant id nor a domain")
            for tenant in (
                "x",
                "example",
                "a/b.example",
                "{tenantid}",
                "exa mple.edu",
                "example.edu/v2.0",
                ".edu",
                "1.2",
            )
        ),
    ],
)
def test_a_provider_whose_settings_do_not_fit_its_kind_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], line: str
) -> None:
    for name, value in (FIXED | given).items():
        monkeypatch.setenv(f"GATEFOLD_PROVIDERS__X__{name}", value)
    with pytest.raises(SettingsError) as failure:
        load()
    assert [each for each in failure.value.lines if each.startswith(f"GATEFOLD_PROVIDERS__X__{line}")], (
        failure.value.lines
    )


@pytest.mark.parametrize(
    "given",
    [
        {"KIND": "google"},
        {"KIND": "orcid"},
        {"KIND": "github"},
        {"KIND": "microsoft", "TENANT": "Example.edu"},
        {"KIND": "microsoft", "TENANT": "11111111-2222-3333-4444-555555555555"},
    ],
)
def test_a_kind_with_fixed_addresses_needs_little(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    for name, value in (FIXED | given).items():
        monkeypatch.setenv(f"GATEFOLD_PROVIDERS__X__{name}", value)
    assert load().providers["x"].kind == given["KIND"]


def test_every_setting_is_documented() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "configuration.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
