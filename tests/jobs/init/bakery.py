"""A list on bread, and `tracker init` as it is called on it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from jobs.cli import cli

LIST = """# Bread Papers

![a picture of a loaf](loaf.png)

## Table of Contents

- [Starters](#starters)

## News

- [2024-01-02] The list has 100 readers. [blog](https://bread.example/blog)

## Starters

* [**Arxiv, 2023.09**] Keeping Sourdough Starter. [paper](https://arxiv.org/abs/2309.11111)
* [**Arxiv, 2023.07**] Sourdough Starter in Cold Kitchens. [paper](https://arxiv.org/abs/2307.11111)
* [**Arxiv, 2023.02**] Feeding Sourdough Starter by Machine. [paper](https://arxiv.org/abs/2302.11111)
* [**Arxiv, 2022.12**] Sourdough Starter and Rye. [paper](https://arxiv.org/abs/2212.11111)

## Ovens

| Year | Title | Link |
|---|---|---|
| 2021 | Steam in Bakery Ovens | [paper](https://arxiv.org/abs/2101.11111) |
| 2022 | Stone Ovens Reviewed | [paper](https://arxiv.org/abs/2201.11111) |
| 2023 | Sourdough Starter Meets Oven | [paper](https://arxiv.org/abs/2301.11111) |

## Empty for Now

## Star History

## 📑 Citation

```
## Acknowledgement in a code block
@article{bread, title={Bread}}
```
"""


def never(path: Path) -> bool:
    """Nothing may be overwritten."""
    return False


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["init", "--offline", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout
