"""`POST /sign-in/{provider}/backchannel-logout`: the provider ends its sessions here, server to server."""

import logging
from typing import Annotated

import sqlalchemy as sa
from fastapi import Form
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import clock
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.errors import SignInFailed
from api.seal import Seal
from api.signin import sessions
from api.signin.door import Router
from api.signin.logout_token import Notice
from api.tables import LogoutToken, SignIn, SignInOutcome

log = logging.getLogger("gatefold.signin")
router = Router()
NOT_STORED = {"Cache-Control": "no-store"}


@router.post("/sign-in/{provider_id}/backchannel-logout")
@open_to_all("the provider speaks for itself, by its signature")
async def backchannel_logout(
    portal: ThePortal, provider_id: str, logout_token: Annotated[str, Form()] = ""
) -> Response:
    """200 where the token holds up, whether or not there was a session to end; 400 for all else."""
    provider = portal.providers.get(provider_id)
    try:
        if provider is None:
            raise SignInFailed("logout-unknown-provider")
        notice = await provider.logout_notice(logout_token)
        ended = await run_in_threadpool(_act_on, portal, provider_id, notice)
    except SignInFailed as failure:
        log.warning("provider sign-out refused reason=%s", failure.code)
        return JSONResponse({"error": "invalid_request"}, 400, headers=NOT_STORED)
    log.info("provider sign-out provider=%s sessions=%d", provider_id, ended)
    return Response(status_code=200, headers=NOT_STORED)


def _act_on(portal: Portal, provider_id: str, notice: Notice) -> int:
    with portal.database.writing() as db:
        _remember(db, portal.seal, notice)
        users = sessions.end_of_provider(db, portal.seal, notice.issuer, notice.subject, notice.provider_session)
        for user_id in set(users):
            line = SignIn(user_id=user_id, provider=provider_id, device="", outcome=SignInOutcome.ENDED_BY_PROVIDER)
            db.add(line)
        return len(users)


def _remember(db: Db, seal: Seal, notice: Notice) -> None:
    db.exec(sa.delete(LogoutToken).where(col(LogoutToken.expires_at) <= clock.now()))
    digest = seal.digest("logout token", f"{notice.issuer} {notice.token_id}")
    try:
        with db.begin_nested():
            db.add(LogoutToken(digest=digest, expires_at=notice.expires_at))
    except IntegrityError as error:
        raise SignInFailed("logout-token-again") from error
