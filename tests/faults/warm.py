"""What the process has done from which workers are forked: all is imported, and each route has been worked out once."""

from api.app import create_app
from api.commands import gatefold, serve, server  # noqa: F401
from api.settings import Settings
from tests.conftest import SECRET, _work_out_each_route_once

_work_out_each_route_once()
create_app(Settings(_env_file=None, secret_key=SECRET, database_url="sqlite:///:memory:")).state.portal.database.close()
