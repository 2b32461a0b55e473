"""An audit that asks: real titles and venues, dead links; and one that only remembers them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from db import papers
from db.index import Index
from jobs.cli import cli
from tests.world.arxiv import ArxivWorld, Record
from tests.world.links import LinkWorld
from tests.world.semantic_scholar import SemanticScholarWorld, record
from tests.world.server import Answer

OVENS = Record(
    id="2403.90001",
    title="Steam in Small Ovens",
    submitted=datetime(2024, 3, 5, tzinfo=UTC),
    journal_ref="Journal of Bread Science 12 (2025) 3-9",
)
MILLS = Record(
    id="2402.90002",
    title="The Economics of Flour Mills in Winter",
    submitted=datetime(2024, 2, 5, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def site() -> Iterator[LinkWorld]:
    with LinkWorld() as site:
        yield site


@pytest.fixture
def arxiv() -> Iterator[ArxivWorld]:
    with ArxivWorld([OVENS, MILLS]) as arxiv:
        yield arxiv


def configure(site: LinkWorld, arxiv: ArxivWorld, more: str = "") -> None:
    Path("tracker.toml").write_text(
        f'[list]\npath = "."\n[sources.arxiv]\ncategories = ["cs.CL"]\nurl = "{arxiv.api}"\n'
        f'[links]\narchive_url = "{site.archive}"\ndoi_url = "{site.resolver}"\n{more}',
        encoding="utf-8",
    )


def write(*entries: str, file: str = "README.md") -> None:
    text = "# Bread Papers\n\n## Ovens\n\n" + "".join(f"* {entry}\n" for entry in entries)
    Path(file).write_text(text, encoding="utf-8")


def tracker_lint(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["lint", *arguments])


def rules(done: Result) -> list[tuple[int, str]]:
    """Line and rule of what was found."""
    document = json.loads(done.stdout)
    return [(f["line"], f["rule"]) for f in (*document["findings"], *document["notices"])]


WRONG = "[**Arxiv, 2024.02**] Yeast on a Long Journey. [paper](https://arxiv.org/abs/2402.90002)"
RIGHT = "[**Arxiv, 2024.03**] Steam in Small Ovens. [paper](https://arxiv.org/abs/2403.90001)"


def test_titles_and_venues_are_compared_without_an_earlier_run(
    site: LinkWorld, arxiv: ArxivWorld
) -> None:
    configure(site, arxiv)
    write(RIGHT, WRONG)
    done = tracker_lint("--online", "--json")
    assert done.exit_code == 1
    assert rules(done) == [(5, "venue-contradicts"), (6, "title-differs")]
    # One request for the records and one for the links: the same papers, the same answer.
    assert len(arxiv.requests) == 1


def test_what_was_learnt_is_known_without_asking(site: LinkWorld, arxiv: ArxivWorld) -> None:
    configure(site, arxiv)
    write(RIGHT, WRONG, f"[**Arxiv, 2024.01**] Butter and its Layers. [code]({site.url}/gone)")
    asking = tracker_lint("--online", "--json")
    asked = len(arxiv.requests) + len(site.requests)
    assert (7, "dead-link") in rules(asking)
    assert rules(tracker_lint("--json")) == rules(asking)
    assert rules(tracker_lint("--online", "--json")) == rules(asking)
    assert len(arxiv.requests) + len(site.requests) == asked


def test_without_the_flag_nobody_is_asked_and_no_index_made(
    site: LinkWorld, arxiv: ArxivWorld, place: Path
) -> None:
    configure(site, arxiv)
    write(RIGHT, WRONG, f"[**Arxiv, 2024.01**] Butter and its Layers. [code]({site.url}/gone)")
    assert rules(tracker_lint("--json")) == []
    assert arxiv.requests == site.requests == []
    assert not (place / "papers.sqlite").exists()


def test_semantic_scholar_knows_the_venues_of_papers_without_a_preprint(
    site: LinkWorld, arxiv: ArxivWorld
) -> None:
    heat = record(
        7,
        title="Heat in Large Ovens",
        externalIds={"DOI": "10.1000/heat", "CorpusId": 7},
        venue="Annals of Baking",
        publicationVenue={"name": "Annals of Baking"},
        journal=None,
        publicationDate="2024-02-01",
    )
    site.dois.add("10.1000/heat")
    entry = (
        "[**Nature Pastry, 2021.01**] Heat in Large Ovens. [paper](https://doi.org/10.1000/heat)"
    )
    write(entry)
    with SemanticScholarWorld([heat]) as scholar:
        configure(site, arxiv, f'[sources.semantic_scholar]\nurl = "{scholar.url}"\n')
        done = tracker_lint("--online", "--json")
        assert rules(done) == [(5, "venue-contradicts"), (5, "year-contradicts")]
        tracker_lint("--online")
        assert len(scholar.requests) == 1


def test_dead_links_are_findings_and_moved_ones_notices(site: LinkWorld, arxiv: ArxivWorld) -> None:
    configure(site, arxiv)
    url = site.url
    site.copies[f"{url}/gone"] = "https://web.archive.org/web/2024/gone"
    write(f"[**Arxiv, 2024.01**] Butter and its Layers. [code]({url}/gone) [data]({url}/moved)")
    assert tracker_lint().exit_code == 0
    tracker_links = CliRunner().invoke(cli, ["links"])
    assert tracker_links.exit_code == 1
    done = tracker_lint()
    assert done.exit_code == 1
    day = datetime.now(UTC).date()
    assert done.stdout.splitlines()[0] == (
        f"README.md:5: dead-link: {url}/gone is dead since {day}: answered 404. "
        "(fix: Write its archived copy, https://web.archive.org/web/2024/gone)"
    )
    assert f"moved-link: {url}/moved has moved for good. (fix: Write {url}/fine)" in done.stdout


def test_links_are_told_at_the_lines_they_have_after_a_fix(
    site: LinkWorld, arxiv: ArxivWorld
) -> None:
    configure(site, arxiv)
    write(RIGHT, RIGHT, f"[**Arxiv, 2024.01**] Butter and its Layers. [code]({site.url}/gone)")
    done = tracker_lint("--online", "--fix", "--json")
    assert (6, "dead-link") in rules(done)
    assert (6, "dead-link") in rules(tracker_lint("--json"))


def test_sources_that_fail_do_not_end_the_audit(site: LinkWorld, arxiv: ArxivWorld) -> None:
    configure(site, arxiv)
    arxiv.fail(Answer(403), times=None)
    write(WRONG, f"[**Arxiv, 2024.01**] Butter and its Layers. [code]({site.url}/gone)")
    done = tracker_lint("--online", "--json")
    assert rules(done) == [(6, "dead-link")]
    assert "answered 403 Forbidden; the audit goes on with what is known" in done.stderr


def test_a_list_without_settings_can_be_audited_online_too(
    site: LinkWorld, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    # Without settings there is no stand-in to name: it must ask for this one link alone.
    write(f"[**Bread, 2024.01**] Butter and its Layers. [code]({site.url}/fine)")
    done = tracker_lint("README.md", "--online", "--json")
    assert rules(done) == []
    assert site.pages() == ["/fine"]
    assert [path.name for path in place.iterdir()] == ["README.md"]


def test_another_list_s_papers_stay_out_of_the_index(
    site: LinkWorld, arxiv: ArxivWorld, place: Path
) -> None:
    configure(site, arxiv)
    write(WRONG, file="OTHER.md")
    done = tracker_lint("OTHER.md", "--online", "--json")
    assert rules(done) == [(5, "title-differs")]
    with Index.open(f"sqlite:///{place / 'papers.sqlite'}") as index, index.read() as session:
        assert papers.count(session) == 0
