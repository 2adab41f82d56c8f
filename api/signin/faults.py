"""Every way in which a sign-in can fail, by its reason code: what to mend, and what the reader is told."""

from api.spoken import N_

FAULTS = {
    "provider-unreachable": N_("The provider did not answer in time or at all; see whether this machine reaches it."),
    "provider-certificate": N_(
        "This machine does not believe the provider's certificate; an authority of your own has to be known to it."
    ),
    "provider-address": N_(
        "The address is in a network that is not public; name that network in NETWORKS if it is right."
    ),
    "provider-metadata": N_("The discovery document can't be read; its address has to answer 200 with JSON, directly."),
    "provider-metadata-issuer": N_(
        "The discovery document names another issuer; set ISSUER exactly as it names itself."
    ),
    "provider-metadata-endpoint": N_(
        "The discovery document lacks an address or has one without https; ask the provider."
    ),
    "provider-metadata-algorithms": N_(
        "The provider signs with no algorithm we trust; have it sign with RS256 or ES256."
    ),
    "provider-metadata-authentication": N_("The provider takes no client secret; have it allow client_secret_basic."),
    "provider-keys": N_("The provider's keys can't be read or none of them is for signatures; ask the provider."),
    "provider-exchange": N_("The token address gave no usable answer; ask the provider, with the time of this try."),
    "provider-refused": N_(
        "The provider refused us; check client id and secret, and the redirect address it has for us."
    ),
    "provider-error": N_(
        "The provider sent the reader back with an error; check the scopes and the client's permissions."
    ),
    "provider-userinfo": N_("The userinfo address gave no usable answer; ask the provider."),
    "provider-userinfo-subject": N_("The userinfo address spoke of someone else than the token; ask the provider."),
    "provider-account": N_("The account could not be read from the provider's API; see whether the scopes allow it."),
    "provider-token-missing": N_("The answer has no id_token; the client has to be one for OpenID Connect."),
    "provider-token-size": N_("The id_token is over 16 kB; have the provider put fewer claims, often groups, into it."),
    "provider-token-malformed": N_("The id_token can't be read; ask the provider."),
    "provider-token-algorithm": N_(
        "The id_token is signed with an algorithm nobody agreed on; have it sign with RS256."
    ),
    "provider-token-header": N_("The id_token's header brings a key or a demand of its own, which is never followed."),
    "provider-token-key": N_("The id_token is signed with a key that the provider does not publish; ask the provider."),
    "provider-token-signature": N_("The id_token's signature is wrong; ask the provider."),
    "provider-token-issuer": N_("The id_token names another issuer than the discovery document; ask the provider."),
    "provider-token-audience": N_("The id_token is not for us alone; check the client id and the audiences set there."),
    "provider-token-nonce": N_(
        "The id_token belongs to another attempt; try again, and ask the provider if it stays so."
    ),
    "provider-token-expired": N_("The id_token has run out already; set the clocks of both sides right."),
    "provider-token-issued": N_("The id_token is from the future or too old; set the clocks of both sides right."),
    "provider-token-subject": N_(
        "The id_token names no usable subject: 1 to 255 printable ASCII characters are needed."
    ),
    "provider-token-authentication": N_("The provider let an open session pass for a fresh sign-in; ask the provider."),
    "provider-token-claims": N_("A claim of the id_token does not hold up; ask the provider."),
    "provider-token-tenant": N_("The account belongs to another tenant; choose one of the organisation's own."),
    "callback-issuer": N_("The callback names another issuer; give each provider its own redirect address."),
    "callback-issuer-missing": N_("The callback names no issuer though the provider promises it; ask the provider."),
    "callback-code": N_("The callback has no usable code; ask the provider."),
    "callback-code-refused": N_("The provider refused its own code: used, too old, or another client's; try again."),
    "callback-repeated": N_("The callback has a parameter twice; see what stands between the browser and the portal."),
    "cancelled": N_("The person cancelled at the provider, or may not use this client there."),
    "attempt-unknown": N_("This attempt was ended before; begin a new one."),
    "attempt-expired": N_("The attempt took more than ten minutes; begin a new one."),
    "attempt-foreign-browser": N_(
        "The attempt began in another browser, or the cookie of sign-in was lost on the way."
    ),
    "attempt-other-provider": N_("The callback arrived at another provider's redirect address; give each its own."),
    "disabled": N_("The press has closed this account."),
}


def in_words(code: str) -> str:
    """What the press or the operator has to mend."""
    return FAULTS[code]


def for_reader(code: str, label: str) -> tuple[str, str]:
    """A heading and what to do; never more of the reason than is the reader's business."""
    if code == "cancelled":
        return N_("You cancelled at {provider}", provider=label), N_(
            "Nothing was shared. Choose any account to try again."
        )
    if code == "disabled":
        return N_("This account is closed here"), N_("The press has closed it. Write to the press if that seems wrong.")
    if code == "again-other-account":
        return (
            N_("That {provider} account is not one of yours here", provider=label),
            N_("Sign in with one that is connected to your account."),
        )
    if code == "again-not-strong":
        return (
            N_("{provider} does not call this a strong sign-in", provider=label),
            N_(
                "The desk needs one, such as one with a second factor. Set it up at {provider}, then try again.",
                provider=label,
            ),
        )
    if code == "session-changed":
        return N_("You are not signed in as before"), N_("Sign in, then begin again on your account page.")
    if code == "provider-token-authentication":
        return (
            N_("{provider} did not ask you to sign in again", provider=label),
            N_("Sign out at {provider}, then try again here.", provider=label),
        )
    if code in ("provider-unreachable", "provider-certificate"):
        return (
            N_("{provider} did not answer", provider=label),
            N_("This is on their side or ours, not yours. Try again, or choose another account."),
        )
    if code.startswith("provider-"):
        return (
            N_("{provider} gave an answer that does not hold up", provider=label),
            N_("This is on their side or ours, not yours. Nobody is signed in. Try again, or choose another account."),
        )
    return (
        N_("This sign-in can’t be finished"),
        N_(
            "A sign-in works once, within ten minutes, in the browser that began it. Start again; you will come back "
            "to what you were reading."
        ),
    )
