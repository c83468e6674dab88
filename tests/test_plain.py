"""What others wrote stays as it is in a place where Markdown is read."""

import pytest

from dlviz.ui.plain import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 film", "1 film"),
        ("**a** _b_ `c`", r"\*\*a\*\* \_b\_ \`c\`"),
        ("![](//x.y)", r"!\[\](//x.y)"),
        ("$x$ ~~y~~", r"\$x\$ \~\~y\~\~"),
        (":red[a] 1: b", r"\:red\[a\] 1: b"),
        ("\\", r"\\"),
    ],
)
def test_every_mark_of_markdown_is_escaped(text: str, shown: str) -> None:
    assert plain(text) == shown
