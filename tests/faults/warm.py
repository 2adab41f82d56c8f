"""What the process has done from which workers are forked: all is imported."""

from tempfile import TemporaryDirectory

from api.app import create_app
from api.commands import gatefold, serve, server  # noqa: F401
from api.settings import Settings
from tests.conftest import SECRET

with TemporaryDirectory() as folder:
    address = f"sqlite:///{folder}/warm.db"
    create_app(Settings(_env_file=None, secret_key=SECRET, database_url=address)).state.portal.database.close()
