"""What robots are told of the portal: which paths are for them, and whether crawlers that gather for AI are."""

CLOSED = ("/account", "/desk", "/sign-in", "/t/", "/unsubscribe/", "/search?")
AI_CRAWLERS = (
    *("AI2Bot", "Amazonbot", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "Claude-SearchBot"),
    *("Claude-User", "anthropic-ai", "cohere-ai", "Diffbot", "DuckAssistBot", "FacebookBot", "Google-Extended"),
    *("GPTBot", "ChatGPT-User", "OAI-SearchBot", "meta-externalagent", "MistralAI-User", "omgili"),
    *("PerplexityBot", "Perplexity-User", "Timpibot", "YouBot"),
)


def robots_txt(public_url: str, *, admits_ai: bool) -> str:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "Allow: /"]
    if not admits_ai:
        lines += ["", *(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /"]
    return "\n".join([*lines, "", f"Sitemap: {public_url}/sitemap.xml", ""])
