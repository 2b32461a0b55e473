"""Checking a list's links: what is suggested, and how all of it is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from db import papers
from db.index import Index
from tests.jobs.links.checking import NOW, configure, entry, run, tracker_links, write
from tests.world.arxiv import ArxivWorld
from tests.world.links import LinkWorld
from tests.world.server import Answer
from tracker.identifiers import Identifier
from tracker.paper import Link, Paper


def known(place: Path, *found: Paper) -> None:
    """Put papers into the index."""
    with Index.open(f"sqlite:///{place / 'papers.sqlite'}") as index, index.write() as session:
        papers.merge(session, found, source="arxiv", seen_at=NOW)


def better(*lines: str) -> list[str]:
    write(*lines)
    return [link.better for link in run().links if link.verdict == "dead"]


def test_a_dead_page_is_replaced_by_the_paper_s_own(
    world: LinkWorld, arxiv: ArxivWorld, place: Path
) -> None:
    configure(world, arxiv)
    gone = world.url + "/gone"
    record = Paper(
        title="Heat in Very Large Ovens",
        identifiers=(Identifier("arxiv", "2402.90002"), Identifier("doi", "10.1000/heat")),
        links=(Link("code", "https://github.com/ada/heat"),),
        published=date(2024, 2, 2),
    )
    known(place, record)
    assert better(entry(gone, "https://arxiv.org/abs/2403.90001")) == [
        "https://arxiv.org/abs/2403.90001"
    ]
    assert better(entry(f"{world.url}/gone?doi=10.1000/steam")) == ["https://doi.org/10.1000/steam"]
    assert better(entry(gone, title=record.title)) == ["https://arxiv.org/abs/2402.90002"]
    code = entry("https://doi.org/10.1000/heat") + f" [code]({gone})"
    world.dois.add("10.1000/heat")
    assert better(code) == ["https://github.com/ada/heat"]
    assert better(f"Read [this]({gone}) first.") == [""]


def test_an_archive_that_does_not_answer_is_asked_again_later(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/gone"))
    world.fail(Answer(404), path="/wayback", times=1)
    assert run().links[0].archived == ""
    world.copies[world.url + "/gone"] = "https://web.archive.org/web/2024/gone"
    later = run(NOW + timedelta(days=1))
    assert later.links[0].archived == "https://web.archive.org/web/2024/gone"
    run(NOW + timedelta(days=3))
    assert len(world.seen("/wayback")) == 2


# What is shown


def test_json_has_every_link(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/gone", world.url + "/fine"))
    document = json.loads(tracker_links("--json").stdout)
    assert document["counts"] == {"dead": 1, "alive": 1}
    [dead, alive] = document["links"]
    assert (dead["file"], dead["line"], dead["status"], dead["code"]) == (
        "README.md",
        5,
        "dead",
        404,
    )
    assert (alive["role"], alive["status"], alive["failing_since"]) == ("paper", "alive", None)
    assert document == json.loads(tracker_links("--format", "json").stdout) | {
        "asked": 2,
        "requests": document["requests"],
    }


def test_annotations_warn_of_what_is_dead_and_tell_the_rest(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/gone"), entry(world.url + "/moved"))
    done = tracker_links("--format", "github")
    assert done.exit_code == 1
    one, other = done.stdout.splitlines()
    assert one.startswith("::warning file=README.md,line=5,title=link dead::paper -> http")
    assert other.startswith("::notice file=README.md,line=6,title=link moved::paper -> http")
    assert "README.md: 2 links" in done.stderr


def test_nothing_in_a_link_s_text_is_obeyed(world: LinkWorld) -> None:
    configure(world)
    write(f"See [\x1b[31m::error::x%0A]({world.url}/gone) now.")
    for form in ("text", "github"):
        done = tracker_links("--format", form)
        assert "\x1b" not in done.stdout
        for line in done.stdout.splitlines():
            assert line.startswith(("README.md:", "::warning file=README.md,line=5")) or not line


@pytest.mark.parametrize(
    ("config", "arguments", "words"),
    [
        (None, ["nowhere.md"], "nowhere.md: cannot be read: No such file"),
        (None, [], "tracker.toml: no such file"),
        (None, ["prose.md"], "prose.md: no link was found"),
        ('[list]\nrepository = "a/b"\n', [], "tracker links README.md"),
        ("[links]\ntimeout = 0\n", [], "'links.timeout' is 0"),
        ('[links]\narchive_url = "archive.org"\n', [], "an http or https address"),
        (None, ["README.md", "--json", "--format", "github"], "exclude each other"),
        (None, ["README.md", "--recheck-days", "-1"], "is not in the range"),
    ],
)
def test_bad_input_is_exit_code_2(
    place: Path, config: str | None, arguments: Sequence[str], words: str
) -> None:
    (place / "prose.md").write_text("Only words.\n", encoding="utf-8")
    if config:
        listed = "" if "[list]" in config else '[list]\npath = "."\n'
        (place / "tracker.toml").write_text(listed + config, encoding="utf-8")
    done = tracker_links(*arguments)
    error = done.exception
    assert error is not None
    assert getattr(error, "exit_code", done.exit_code) == 2
    assert words in f"{done.output}{error}"
