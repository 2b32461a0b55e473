"""What reviewers ask for in comments, done by the next run and answered once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from db import history, papers
from db.index import Index
from jobs.console import Console
from jobs.run import RunResult, run
from tests.jobs import corpus
from tests.jobs.reviewer import Saved
from tests.jobs.test_run_github import record
from tests.world.arxiv import ArxivWorld
from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN
from tests.world.server import Answer
from tracker.pull_request.proposal import Proposal
from tracker.settings import load_settings

BRANCH = "survey-tracker/proposals"
ELSEWHERE: dict[str, object] = {
    "id": "2311.00007",
    "title": "Crusts of the World",
    "abstract": "We look at the crust of many loaves from many ovens.",
    "published": "2023-11-03T00:00:00Z",
}


@dataclass
class Scene:
    """A list on GitHub with proposals, and the run that reads what is said to them."""

    github: GitHub
    folder: Path
    day: int = 1

    def run(self, part: str = "review") -> RunResult:
        self.day += 1
        environ = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": self.github.url}
        settings = load_settings(self.folder / "tracker.toml", environ)
        return run(
            settings,
            Console(interactive=False),
            as_of=date(2024, 2, self.day),
            part=part,  # type: ignore[arg-type]
            environ=environ,
        )

    def say(self, *lines: str, login: str = "maintainer") -> list[tuple[str, str]]:
        """Comment, run, and give the reactions to the comment."""
        comment = self.github.comment(1, "\n".join(lines), login=login)
        self.run()
        return comment.reactions

    def replies(self) -> list[str]:
        """What the bot answered, without the marks it finds its answers by."""
        own = [c.body for c in self.github.comments.values() if c.login == self.github.login]
        return [body.partition("\n\n<!--")[0] for body in own]

    def text(self) -> str:
        return self.github.text(BRANCH)

    def decision(self, proposal: Proposal) -> history.Decision:
        """The one decision on a proposal's paper."""
        address = f"sqlite:///{self.folder / 'papers.sqlite'}"
        with Index.open(address) as index, index.read() as session:
            [number] = papers.find(session, str(proposal.paper.identifier("arxiv")))
            [decision] = history.decisions(session, paper=number)
        return decision


@contextmanager
def nothing_proposed(folder: Path) -> Iterator[Scene]:
    """The scene before its first run."""
    found = [*corpus.listed_again(), *corpus.feed(), ELSEWHERE]
    with ExitStack() as stack:
        github = stack.enter_context(GitHub({"README.md": corpus.reading_list()}))
        arxiv = stack.enter_context(ArxivWorld(map(record, found)))
        (folder / "tracker.toml").write_text(
            f"[list]\nrepository = '{NAME}'\nskip_sections = ['Acknowledgement']\n"
            f"[sources.arxiv]\nurl = '{arxiv.api}'\ncategories = ['cs.CY']\nfirst_days = 40\n"
            "[propose]\nlimit = 6\nmin_relevance = 0.05\nmin_confidence = 0.2\n",
            encoding="utf-8",
        )
        yield Scene(github, folder)


@cache
def first_run() -> tuple[Saved, tuple[Proposal, ...], int]:
    """What the first run leaves, and what it proposed; run once."""
    with TemporaryDirectory() as name, nothing_proposed(Path(name)) as scene:
        proposals = scene.run("run").report.proposals
        return Saved.of(scene.folder, scene.github), proposals, scene.day


@pytest.fixture
def scene(tmp_path: Path, judged_once: None) -> Iterator[Scene]:
    with nothing_proposed(tmp_path) as scene:
        yield scene


@pytest.fixture
def proposals(scene: Scene) -> tuple[Proposal, ...]:
    saved, found, scene.day = first_run()
    settings = (scene.folder / "tracker.toml").read_bytes()
    saved.restore(scene.folder, scene.github)
    # This scene's arXiv has another address.
    (scene.folder / "tracker.toml").write_bytes(settings)
    return found


def name(proposal: Proposal) -> str:
    return str(proposal.paper.identifier("arxiv"))


def section_of(text: str, title: str) -> str:
    """The heading above the line with a title."""
    return text[: text.index(title)].rpartition("\n## ")[2].partition("\n")[0]


def test_move_files_the_paper_elsewhere(scene: Scene, proposals: tuple[Proposal, ...]) -> None:
    chosen = next(p for p in proposals if p.section[-1] != "Pastry")
    assert scene.say(f"/tracker move {name(chosen)} to pastry") == [("bot", "+1")]
    assert section_of(scene.text(), chosen.paper.title) == "Pastry"
    assert scene.replies() == []
    [pull] = scene.github.pulls()
    assert scene.github.merge_pull(pull.number)
    scene.run()
    decision = scene.decision(chosen)
    assert decision.kind == "moved"
    assert decision.to_section == ("Baking Papers", "Pastry")


def test_drop_takes_it_out_for_good(scene: Scene, proposals: tuple[Proposal, ...]) -> None:
    chosen = proposals[0]
    assert scene.say(f'/tracker drop "{chosen.paper.title}" half baked') == [("bot", "+1")]
    assert chosen.paper.title not in scene.text()
    decision = scene.decision(chosen)
    assert (decision.kind, decision.who, decision.reason) == (
        "rejected",
        "maintainer",
        "half baked",
    )
    assert "#" in decision.where
    assert "by maintainer: half baked" in scene.github.pulls()[0].body
    for _ in range(2):
        assert chosen.paper.title not in [p.paper.title for p in scene.run("run").report.proposals]


def test_later_takes_it_out_of_this_pull_request_only(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    chosen = proposals[0]
    assert scene.say(f"/tracker later {name(chosen)}") == [("bot", "+1")]
    assert chosen.paper.title not in scene.text()
    assert chosen.paper.title not in [p.paper.title for p in scene.run("run").report.proposals]
    assert scene.decision(chosen).kind == "postponed"
    scene.github.merge_pull(1)
    assert chosen.paper.title in [p.paper.title for p in scene.run("run").report.proposals]


def test_add_finds_the_paper_where_it_is_known(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    reactions = scene.say(f"/tracker add {ELSEWHERE['id']} to Sourdough")
    assert reactions == [("bot", "+1")]
    assert section_of(scene.text(), str(ELSEWHERE["title"])) == "Sourdough"
    # Asked for again, nothing is left to do.
    assert scene.say(f"/tracker add {ELSEWHERE['id']}") == [("bot", "+1")]
    assert scene.text().count(str(ELSEWHERE["title"])) == 1
    assert scene.replies() == []


def test_add_without_a_section_files_it_where_it_fits(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    waiting = scene.run("run").report.postponed[0]
    scene.say(f"/tracker add https://arxiv.org/abs/{name(waiting)}v2")
    assert section_of(scene.text(), waiting.paper.title) == waiting.section[-1]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/tracker drop Pancakes", "No one paper of this pull request is called “Pancakes”."),
        ("/tracker dance", "There is no command “dance”; `/tracker help` lists them."),
        ("/tracker move", "Write it as `/tracker move <paper> to <section>`."),
        ("/tracker add 2312.99999", "Nothing is known of “2312.99999”; is the identifier right?"),
        ("/tracker add bread", "“bread” is no arXiv id, DOI or address of a paper I know."),
        (
            f"/tracker add {corpus.arxiv_id(1, 3)}",
            "It is on the list already, under Baking Papers › Ovens.",
        ),
        (
            f"/tracker add {ELSEWHERE['id']} to Sourdoh",
            "No one section is called “Sourdoh”. Is it “Baking Papers › Sourdough”?",
        ),
    ],
)
def test_what_cannot_be_done_is_answered_in_one_sentence(
    scene: Scene, proposals: tuple[Proposal, ...], said: str, answer: str
) -> None:
    before = scene.text()
    assert scene.say(said) == [("bot", "confused")]
    scene.run()
    assert scene.replies() == [answer]
    assert scene.text() == before


def test_help_is_answered_and_no_mistake(scene: Scene, proposals: tuple[Proposal, ...]) -> None:
    assert scene.say("/tracker help") == [("bot", "+1")]
    [answer] = scene.replies()
    assert "| `/tracker later <paper>` |" in answer
    scene.run()
    assert len(scene.replies()) == 1


def test_a_stranger_gets_one_polite_reply(scene: Scene, proposals: tuple[Proposal, ...]) -> None:
    before = scene.text()
    said = scene.say(f"/tracker drop {name(proposals[0])}", login="stranger")
    assert said == [("bot", "confused")]
    scene.run()
    assert scene.text() == before
    assert scene.replies() == [
        "Thank you. Only people who may write to this repository can tell me what to do."
    ]


def test_a_stranger_gets_one_reply_however_much_they_say(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    for _ in range(2):
        scene.github.comment(1, f"/tracker drop {name(proposals[0])}", login="stranger")
        assert scene.say("/tracker help", login="stranger") == [("bot", "confused")]
    assert len(scene.replies()) == 1
    scene.say("/tracker help", login="another")
    assert len(scene.replies()) == 2


def test_commands_see_what_those_before_them_did(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    said = (f"/tracker add {ELSEWHERE['id']}", f"/tracker move {ELSEWHERE['id']} to Ovens")
    assert scene.say(*said) == [("bot", "+1")]
    assert section_of(scene.text(), str(ELSEWHERE["title"])) == "Ovens"


@pytest.mark.parametrize("verb", ["drop", "later"])
def test_what_was_just_added_can_be_taken_out(
    scene: Scene, proposals: tuple[Proposal, ...], verb: str
) -> None:
    before = scene.text()
    said = (f"/tracker add {ELSEWHERE['id']}", f'/tracker {verb} "{ELSEWHERE["title"]}"')
    assert scene.say(*said) == [("bot", "+1")]
    assert scene.text() == before


@pytest.mark.parametrize("between", [" ", ", ", " and "])
def test_several_papers_are_dropped_at_once(
    scene: Scene, proposals: tuple[Proposal, ...], between: str
) -> None:
    first, second, third = proposals[:3]
    words = f"{name(first)}{between}{name(second)} like {name(third)}"
    assert scene.say(f"/tracker drop {words}") == [("bot", "+1")]
    assert first.paper.title not in scene.text()
    assert second.paper.title not in scene.text()
    assert third.paper.title in scene.text()
    assert scene.decision(second).reason == f"like {name(third)}"


def test_what_was_just_dropped_can_be_added_again(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    chosen = next(p for p in proposals if p.section[-1] != "Ovens")
    said = (f"/tracker drop {name(chosen)}", f"/tracker add {name(chosen)} to Ovens")
    assert scene.say(*said) == [("bot", "+1")]
    assert section_of(scene.text(), chosen.paper.title) == "Ovens"


def test_several_commands_in_one_comment(scene: Scene, proposals: tuple[Proposal, ...]) -> None:
    first, second, third = proposals[:3]
    scene.say(
        "Thank you!",
        f"/tracker drop {name(first)}",
        f"> /tracker drop {name(third)}",
        f"/tracker drop {name(second)}",
        f"/tracker move {name(second)} to Ovens",
    )
    assert first.paper.title not in scene.text()
    assert section_of(scene.text(), second.paper.title) == "Ovens"
    assert third.paper.title in scene.text()


def test_a_review_proposes_nothing_new(scene: Scene, proposals: tuple[Proposal, ...]) -> None:
    scene.say(f"/tracker drop {name(proposals[0])}")
    result = scene.run()
    assert len(result.report.proposals) == 5
    assert result.added == ()
    assert result.report.postponed
    # What the sources gave is still told, though they were not read again.
    assert [source.name for source in result.report.funnel.sources] == ["arxiv"]
    assert len(scene.run("propose").report.proposals) == 6


def test_without_a_word_a_review_writes_nothing(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    scene.github.requests.clear()
    result = scene.run()
    assert scene.github.writes == []
    assert result.decided == ()


@pytest.mark.parametrize(
    "form",
    [
        "{title}",
        '"{title}" no',
        "‘{title}’ no",
        "«{title}» no",
        "„{title}“ no",
        "`{title}` no",
        "**{title}** no",
        "{name}v2 no",
        "[{title}](https://arxiv.org/abs/{name}) no",
        "https://arxiv.org/pdf/{name}v1.pdf no",
        "https://doi.org/10.48550/arXiv.{name} no",
    ],
)
def test_a_paper_can_be_named_in_many_ways(
    scene: Scene, proposals: tuple[Proposal, ...], form: str
) -> None:
    chosen, *others = proposals
    words = form.format(title=chosen.paper.title, name=name(chosen))
    assert scene.say(f"- /tracker drop {words}") == [("bot", "+1")]
    assert chosen.paper.title not in scene.text()
    assert all(other.paper.title in scene.text() for other in others)


def test_the_first_word_of_another_title_names_nothing(
    scene: Scene, proposals: tuple[Proposal, ...]
) -> None:
    words = [word for p in proposals for word in set(p.paper.title.split())]
    one = next(word for word in words if words.count(word) == 1)
    before = scene.text()
    assert scene.say(f"/tracker drop {one} of Quite Another Paper") == [("bot", "confused")]
    assert scene.text() == before


@pytest.mark.parametrize("around", ["<!--\n{}\n-->", "```\n```text\n{}\n```"])
def test_what_does_not_show_as_a_command_is_none(
    scene: Scene, proposals: tuple[Proposal, ...], around: str
) -> None:
    before = scene.text()
    assert scene.say(around.format(f"/tracker drop {name(proposals[0])}")) == []
    assert scene.text() == before


@pytest.mark.parametrize("command", ["drop", "add", "@someone"])
def test_an_answer_does_nothing_of_what_it_cites(
    scene: Scene, proposals: tuple[Proposal, ...], command: str
) -> None:
    scene.say(f'/tracker {command} "@someone fixes #1 <img src=x>"')
    [answer] = scene.replies()
    assert "@someone" not in answer
    assert "#1" not in answer
    assert "<img" not in answer.replace("\\<", "")


@pytest.mark.parametrize("status", [403, 500])
def test_whose_right_is_not_known_yet_is_heard_later(
    scene: Scene, proposals: tuple[Proposal, ...], status: int
) -> None:
    before = scene.text()
    scene.github.fail(Answer(status, {"message": "No"}), path="/permission$", times=None)
    assert scene.say(f"/tracker drop {name(proposals[0])}") == []
    scene.github.recover()
    assert scene.text() == before
    scene.run()
    assert proposals[0].paper.title not in scene.text()
    assert scene.replies() == []
