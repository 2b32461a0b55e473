"""Untrusted text made harmless, once for each place it is written to.

Titles come from strangers. On GitHub a mention in rendered text notifies people and `fixes #1`
closes an issue, whatever Markdown escapes stand before them: both are found after rendering.
What stops them is a character that does not show (a zero-width space) between sign and name.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

ZERO_WIDTH_SPACE = "\u200b"

# Invisible characters that reorder or hide what stands around them, and what is not text.
_HIDING = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~$&])")
# What GitHub turns into a mention, a reference or a link without any markup.
_LIVE = re.compile(
    r"@(?=\w)|#(?=\w)|://(?=\S)|\bwww(?=\.)|\bGH(?=-\d)|\b(?:mailto|xmpp)(?=:)",
    re.IGNORECASE,
)


def one_line(text: str) -> str:
    """Text on a single line: white space collapsed, nothing in it that does not show."""
    return " ".join(_CONTROL.sub(" ", _HIDING.sub("", text)).split())


def shorten(text: str, length: int) -> str:
    """At most `length` characters on one line, cut at a word where that is possible."""
    # Nobody's title is so spaced out that its beginning would not do.
    text = one_line(text[: 8 * length + 1000])
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > length // 2 else cut).rstrip(" ,;:.-") + "…"


def plain(text: str) -> str:
    """Text for a commit message or a title: nothing in it mentions, closes or links."""
    return _LIVE.sub(lambda match: match[0] + ZERO_WIDTH_SPACE, one_line(text))


def markdown(text: str) -> str:
    """Text for the inside of a Markdown line or table cell: shown as it is, without effect."""
    escaped = _MARKDOWN.sub(r"\\\1", plain(text))
    return escaped.replace(ZERO_WIDTH_SPACE, "&#8203;")


# References to these pages link back from them, and some close them.
_REFERENCE = re.compile(r"/[^/]+/[^/]+/(?:issues|pull|discussions|commit)/")


def address(url: str, *, trusted: bool = False) -> str:
    """A web address that is safe as the destination of a Markdown link; empty when it is none.

    Unless it is `trusted`, a link to an issue or pull request leaves no trace there.
    """
    url = one_line(url)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[\w.-]+", host):
        return ""
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return ""
    is_github = host in {"github.com", "www.github.com"}
    if is_github and not trusted and _REFERENCE.match(parts.path):
        host = "redirect.github.com"
    netloc = f"{host}:{port}" if port else host
    path = quote(parts.path, safe="/%:;,.-_~+=")
    query = quote(parts.query, safe="/%:;,.-_~+=&?")
    fragment = quote(parts.fragment, safe="/%:;,.-_~+=")
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def link(text: str, url: str) -> str:
    """A Markdown link with untrusted text and address; only the text where there is no address."""
    target = address(url)
    shown = markdown(text) or "untitled"
    return f"[{shown}]({target})" if target else shown
