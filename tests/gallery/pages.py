"""Every page that there is to look at: where it stands, who looks, and what they press to come there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page as Window

NOBODY, ADA, BEN, CLEO, ELI = "", "Ada Sample", "Ben Example", "Cleo Specimen", "Eli Placeholder"
TITLE, DESK = "/books/edited/russia-china-relations", "/desk/titles/russia-china-relations"
NAMED = "/books/mono/the-named-reader"


def press(button: str) -> Callable[[Window], None]:
    """Press the first button that is so, and see where it leads."""

    def pressing(window: Window) -> None:
        with window.expect_navigation():
            window.locator(button).first.click()

    return pressing


def send(to: str, **fields: str) -> Callable[[Window], None]:
    """Send a form's fields there."""
    script = """([to, fields]) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action: to, hidden: true });
        for (const [name, value] of Object.entries(fields)) {
            form.append(Object.assign(document.createElement('textarea'), { name, value }));
        }
        document.body.append(form);
        form.submit();
    }"""

    def sending(window: Window) -> None:
        with window.expect_navigation():
            window.evaluate(script, [to, fields])

    return sending


def _keys(window: Window) -> None:
    window.keyboard.press("?")
    window.locator("dialog[open]").wait_for()


def _drawn(window: Window) -> None:
    window.locator("#reader[data-drawn]").wait_for()


def _merge(window: Window) -> None:
    window.get_by_role("button", name="Example University").first.click()
    window.get_by_role("button", name=ELI).click()
    window.wait_for_url("**/account/merge/**")


@dataclass(frozen=True)
class Page:
    """One picture: its name, its address, who looks, what they do there, and the status of the address itself."""

    name: str
    address: str
    who: str = NOBODY
    does: Callable[[Window], None] | None = None
    status: int = 200


def _each(who: str, above: str, **addresses: str) -> Iterator[Page]:
    for name, address in addresses.items():
        yield Page(name.replace("_", "-"), above + address, who)


PUBLIC = (
    Page("catalogue", "/"),
    Page("landing", TITLE),
    Page("landing-keys", TITLE, does=_keys),
    Page("landing-open", TITLE, CLEO),
    Page("landing-open-to-all", "/reports/an-open-door"),
    Page("landing-not-open-yet", "/books/edited/a-date-on-the-door"),
    Page("landing-listed", NAMED),
    Page("landing-not-listed", NAMED, CLEO),
    Page("landing-listed-open", NAMED, BEN),
    Page("landing-on-request", "/reports/a-knock-at-the-door"),
    Page("landing-ask-first", "/reports/a-knock-at-the-door", CLEO),
    Page("landing-asked", "/reports/a-knock-at-the-door", ELI),
    Page("landing-request-refused", "/reports/a-second-knock", CLEO),
    Page("landing-code", "/reports/a-sealed-letter"),
    Page("landing-code-needed", "/reports/a-sealed-letter", CLEO),
    Page(
        "landing-code-wrong", "/reports/a-sealed-letter", CLEO, send("/reports/a-sealed-letter/vouchers", code="WRONG")
    ),
    Page("landing-vouched-for", "/reports/a-badge-at-the-door"),
    Page("landing-not-vouched-for", "/reports/a-badge-at-the-door", CLEO),
    Page("landing-other-address", "/reports/a-house-of-letters", CLEO),
    Page("landing-not-a-member", "/reports/a-campus-gate", CLEO),
    Page("landing-closed", "/reports/a-closed-door", CLEO),
    Page("landing-in-preparation", "/papers/the-empty-shelf"),
    Page("landing-withdrawn", "/papers/a-withdrawn-paper"),
    Page("landing-right-to-left", "/books/mono/anhar"),
    Page("landing-asked-for-pdf", f"{TITLE}?get=pdf"),
    Page("chapter", f"{TITLE}/chapters/2"),
    Page("chapter-open", f"{NAMED}/chapters/1", BEN),
    Page("search", "/search"),
    Page("search-hits", "/search?q=door"),
    Page("search-hits-inside", "/search?q=leaf", BEN),
    Page("search-nothing-found", "/search?q=nothing-fits&from=1990"),
    Page("sign-in", f"/sign-in?next={TITLE}"),
    Page("sign-in-at-the-provider", "/sign-in?next=/account", does=press("form[action='/sign-in/demo'] button")),
    Page("sign-in-failed", "/sign-in/demo/callback", status=400),
    Page("comments", f"{TITLE}/comments"),
    Page("comment", f"{TITLE}/comments/1"),
    Page("help", "/help"),
    Page("for-libraries", "/for-libraries"),
    Page("privacy", "/privacy"),
    Page("accessibility", "/accessibility"),
    Page("imprint", "/imprint"),
)
FAULTS = tuple(
    Page(f"fault-{name}", f"/faults/{name}", status=status)
    for name, status in (
        ("403", 403),
        ("410", 410),
        ("429", 429),
        ("500", 500),
        ("503", 503),
        ("507", 507),
    )
)
OWN = (
    Page("ticket", TITLE, CLEO, press("form[action$='/tickets'] button")),
    Page("reader", f"{TITLE}/read", CLEO, _drawn),
    Page("discussion", f"{TITLE}#discussion", CLEO),
    Page("comments-signed-in", f"{TITLE}/comments", CLEO),
    Page("comment-new", f"{TITLE}/comments/new", CLEO),
    Page("comment-reply", f"{TITLE}/comments/new?reply=1", CLEO),
    Page("comment-edited", f"{TITLE}/comments/4/edit", CLEO),
    Page("comment-refused", f"{TITLE}/comments/new", CLEO, send(f"{TITLE}/comments", text=" ")),
    Page("comment-deleted", f"{TITLE}/comments/4/deletion", CLEO),
    Page("comment-reported", f"{TITLE}/comments/1/report", CLEO),
    Page("account", "/account", CLEO),
    Page("account-new", "/account", ELI),
    Page("account-keys", "/account/keys", CLEO),
    Page("account-key-made", "/account/keys", CLEO, send("/account/keys", name="My laptop", days="30")),
    Page("account-reports", "/account/reports", BEN),
    Page("account-sign-in-again", "/account/sign-in-again", CLEO),
    Page("account-closure", "/account/closure", CLEO),
    Page("account-merge", "/account", CLEO, _merge),
    Page("e-reader-sign-in", "/opds/sign-in", CLEO),
)
DESK_PAGES = (
    *_each(
        *(ADA, "/desk"),
        desk="",
        desk_found="?state=published&q=door",
        desk_nothing_found="?q=nothing-fits",
        desk_new="/titles/new",
        desk_readiness="/readiness",
        desk_outbox="/outbox",
        desk_usage="/usage",
        desk_import="/import",
        desk_requests="/requests",
        desk_copies="/copies",
        desk_copy="/copies/1",
        desk_deposits="/deposits",
        desk_deposit="/deposits/the-named-reader",
        desk_institutions="/institutions",
        desk_institution_new="/institutions/new",
        desk_institution="/institutions/example-university",
        desk_readers="/readers",
        desk_reader="/readers/2",
        desk_staff="/staff",
        desk_audit="/audit",
        desk_fair_use="/fair-use",
        desk_comments="/comments",
        desk_comment="/comments/2",
        desk_house="/house",
        desk_house_page="/house/pages/imprint",
        desk_self_check="/self-check",
    ),
    *_each(
        *(ADA, DESK),
        desk_title="",
        desk_title_record="/record",
        desk_title_contents="/contents",
        desk_title_file="/file",
        desk_title_accessibility="/accessibility",
        desk_title_cover="/cover",
        desk_title_publishing="/publishing",
        desk_title_notices="/notices",
        desk_title_comments="/comments",
        desk_title_usage="/usage",
        desk_title_preview="/preview",
        desk_title_access="/access",
        desk_title_readers="/access/readers",
        desk_title_list="/access/readers/list",
        desk_title_vouchers="/access/vouchers",
        desk_title_links="/access/links",
        desk_title_trial="/access/trial",
    ),
    Page("desk-trial-answered", f"{DESK}/access/trial", ADA, send(f"{DESK}/access/trial", who="nobody")),
    Page("desk-draft", "/desk/titles/rivers", ADA),
    Page("desk-draft-publishing", "/desk/titles/rivers/publishing", ADA),
    Page("desk-draft-refused", "/desk/titles/new", ADA, send("/desk/titles/new", title="", slug="Not So", doi="10")),
    Page(
        "desk-voucher-made",
        f"{DESK}/access/vouchers",
        ADA,
        send(f"{DESK}/access/vouchers", uses="5", until="2027-06-30"),
    ),
    Page("desk-sign-in-trial", "/sign-in/demo/trial", ADA),
)
TERMS = (  # from then on everybody is asked before a file
    Page("terms", f"/terms?next={TITLE}"),
    Page("terms-asked", f"/terms?next={TITLE}.pdf", CLEO),
)


def all_pages(dry_run: str, way_out: str) -> tuple[Page, ...]:
    """In an order in which none changes what another shows; two have addresses that this portal made."""
    made = (Page("desk-import-run", dry_run, ADA), Page("mail-ended", way_out))
    return (*PUBLIC, *FAULTS, Page("no-such-page", "/no-such-page", status=404), *made, *OWN, *DESK_PAGES, *TERMS)
