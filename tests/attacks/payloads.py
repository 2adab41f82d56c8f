"""Two hundred pieces of text that would be script if any place they are shown at forgot what it is showing."""

from itertools import product

MARK = "zqx"  # stands in each of them and nowhere else in the house
RUN = f"window.{MARK}=1"
ENDS = (  # whatever a text might stand in is ended first
    "",
    '">',
    "'>",
    '" ',
    "</script>",
    "</title></textarea></style>",
    "--></abbr>",
    "]]>",
    "\\u003c/script\\u003e",
)
ELEMENTS = (
    f"<script>{RUN}</script>",
    f"<ScRiPt/{MARK}>{RUN}//",
    f"<img src={MARK} onerror={RUN}>",
    f"<svg/onload={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<iframe srcdoc='<script>parent.{MARK}=1</script>'>",
    f"<details open ontoggle={RUN}>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<form action=javascript:{RUN}><button>x",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--><img src={MARK} onerror={RUN}>'>",
    f"<noscript><p title='</noscript><img src={MARK} onerror={RUN}>'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<base href=//{MARK}.example>",
    f"<link rel=stylesheet href=//{MARK}.example/x.css>",
    f"<object data=javascript:{RUN}>",
    f"<style>*{{background:url(//{MARK}.example)}}</style>",
    f"<body onload={RUN}>",
    f"<img src={MARK}\nonerror={RUN}\n>".replace("\n", "\u00a0"),
)
HANDLERS = tuple(
    f"{quote} {handler}={quote}{RUN}{quote} x={quote}"
    for quote, handler in product("\"'", ("onfocus", "onmouseover", "autofocus onfocusin", "style=x onpointerover"))
)
SCHEMES = (
    "javascript:",
    "JaVaScRiPt:",
    "java\tscript:",
    "&#106;avascript:",
    "data:text/html,",
    "vbscript:",
    "\x01javascript:",
)
MARKDOWN = tuple(
    form.format(f"{scheme}{RUN}")
    for form, scheme in product(("[x]({0})", "<{0}>", "![x]({0})", "[x]: {0}\n\n[x]"), SCHEMES)
)
TEMPLATES = (
    *(f"{{{{{MARK}*7}}}}", f"${{{RUN}}}", f"{{% {MARK} %}}", f"#{{{RUN}}}", f"<%= {MARK} %>", f"`{MARK}`"),
    *(f"<b>{MARK}</b>", f"&lt;script&gt;{RUN}&lt;/script&gt;", f"%3Cscript%3E{RUN}%3C/script%3E"),
    *(f"=HYPERLINK({MARK})", f"+{MARK}", f"-{MARK}", f"@{MARK}"),
    *(f"@article{{{MARK},", f"}}\n@book{{{MARK},", f"{MARK}\nER  - \nTY  - BOOK", f"{{{{constructor.{RUN}}}}}"),
)
PAYLOADS = tuple(dict.fromkeys((*(e + x for x, e in product(ELEMENTS, ENDS)), *HANDLERS, *MARKDOWN, *TEMPLATES)))
