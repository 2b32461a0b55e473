"""The bundled example: what it promises of itself, and the demonstration on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples import demo
from tracker.reading_list import ReadingList
from tracker.settings import load_settings

EXAMPLE = demo.HERE


def lines(name: str) -> list[dict[str, object]]:
    text = (EXAMPLE / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_list_and_the_feed_are_as_large_as_they_say() -> None:
    settings = load_settings(EXAMPLE / "tracker.toml", {})
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    reading_list = ReadingList.parse({"README.md": text}, settings.list.skip_sections)
    assert len(reading_list.taxonomy) >= 28
    assert len(reading_list.entries) >= 150
    assert reading_list.unread == ()
    feed = lines("feed.jsonl")
    assert len(feed) >= 400
    assert not any("abstract" in paper for paper in feed)
    assert {paper["id"] for paper in lines("later.jsonl")} <= {paper["id"] for paper in feed}


def test_the_demonstration_finds_papers_the_maintainers_added_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    demo.main()
    shown = capsys.readouterr().out
    assert "The funnel, as of 2024-12-01" in shown
    assert "+++ b/README.md" in shown
    found = shown.partition("added later, ")[2]
    assert int(found.split()[0]) >= 5, found
    assert (tmp_path / "demo" / "survey-tracker-pull-request.md").exists()
