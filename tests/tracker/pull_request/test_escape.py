"""Titles are written by strangers; none of them may do anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tracker.pull_request.escape import (
    ZERO_WIDTH_SPACE,
    address,
    link,
    markdown,
    one_line,
    plain,
    shorten,
)

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = [
    "@maintainer look at this",
    "Fixes #1 and closes owner/list#2, resolves GH-3",
    "fixes https://github.com/owner/list/issues/4",
    "<script>alert(1)</script><img src=x onerror=y><details>",
    "![pixel](https://example.org/p.gif) [text](javascript:alert(1))",
    "a | b || c",
    "`code` **bold** _it_ ~~gone~~ $x$",
    "&#64;maintainer &lt;b&gt;",
    "]( https://example.org) \\](x",
    "www.example.org <https://example.org> someone@example.org mailto:a@b.c",
    "two\nlines\r\n\n# heading\n- [x] task",
    "--> <!-- end mark",
    "\u202egnp.exe \u2066x\u200b@\u200bmaintainer",
    "trailing backslash \\",
    "[^1] [x]: https://example.org 'y'",
]
titles = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from([*HOSTILE, *"[]()<>|`*_~#@!\\&$-:/.\n", "www.", "://", "GH-1"]), max_size=8
    ).map("".join),
)
LIVE = re.compile(r"@\w|#\w|://[^\s\u200b]|\bwww\.|\bGH-\d|\b(?:mailto|xmpp):", re.IGNORECASE)


def text_of(source: str) -> tuple[list[str], set[str]]:
    """The text a reader sees in each inline token, and the kinds of tokens around it."""
    texts, kinds = [], set()
    for token in GITHUB.parse(source):
        kinds.add(token.type)
        if token.type == "inline":
            texts.append("".join(c.content for c in token.children or () if c.type == "text"))
            kinds |= {child.type for child in token.children or ()}
    return texts, kinds


def visible(text: str) -> str:
    return text.replace(ZERO_WIDTH_SPACE, "")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_shown_and_does_nothing(title: str) -> None:
    texts, kinds = text_of(f"- {markdown(title)}.")
    assert [visible(text) for text in texts] == [f"{visible(one_line(title))}."]
    assert not LIVE.search(texts[0])
    assert kinds <= {"bullet_list_open", "list_item_open", "paragraph_open", "inline", "text"} | {
        "paragraph_close",
        "list_item_close",
        "bullet_list_close",
    }


@given(titles)
def test_a_linked_title_in_a_table_is_one_link_with_that_text(title: str) -> None:
    source = f"| a | b |\n|---|---|\n| {link(title, 'https://example.org/a')} | x |\n"
    texts, kinds = text_of(source)
    assert [visible(text) for text in texts[2:]] == [one_line(title) or "untitled", "x"]
    assert not any(LIVE.search(text) for text in texts)
    assert not kinds & {"html_inline", "html_block", "image", "code_inline", "em_open", "s_open"}
    inline = [t for t in GITHUB.parse(source) if t.type == "inline"][2]
    links = [child for child in inline.children or () if child.type == "link_open"]
    assert [opened.attrs["href"] for opened in links] == ["https://example.org/a"]


@given(titles)
def test_a_commit_message_mentions_and_closes_nothing(title: str) -> None:
    shown = plain(title)
    assert not LIVE.search(shown)
    assert "\n" not in shown
    assert visible(shown) == one_line(title)


@given(st.one_of(st.text(max_size=60), titles.map("https://example.org/".__add__)))
def test_an_address_ends_where_its_link_ends(url: str) -> None:
    target = address(url)
    assert target == "" or re.fullmatch(r"https?://[!-~]+", target)
    assert not set(target) & set("()<>[]|`\\\"' @!*")
    source = f"[text]({target}) after"
    assert text_of(source)[0] == ["text after"]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://arxiv.org/abs/2601.00001", "https://arxiv.org/abs/2601.00001"),
        ("javascript:alert(1)", ""),
        ("https://example.org/a (b)|c", "https://example.org/a%20%28b%29%7Cc"),
        ("https://user@example.org/x", "https://example.org/x"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://example.org:99999/", ""),
        ("https://github.com/o/r", "https://github.com/o/r"),
        ("https://github.com/o/r/issues/1", "https://redirect.github.com/o/r/issues/1"),
        ("", ""),
    ],
)
def test_addresses(url: str, target: str) -> None:
    assert address(url) == target


def test_shortening_cuts_at_a_word() -> None:
    assert shorten("paper lanterns that glow", 17) == "paper lanterns…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
    assert shorten("short", 10) == "short"


@given(st.text(), st.integers(2, 60))
def test_shortened_text_is_short(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length
