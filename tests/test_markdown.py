"""What others wrote stays as it is in a place where Markdown is read."""

import pytest

from dlviz.ui.text_format.markdown import JOINER, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 film", "1 film"),
        ("**a** _b_ `c`", r"\*\*a\*\* \_b\_ \`c\`"),
        ("![](//x.y)", r"!\[\](//x.y)"),
        ("$x$ ~~y~~", r"\$x\$ \~\~y\~\~"),
        (":red[a] 1: b", f"\\:{JOINER}red\\[a\\] 1: b"),
        (":material/delete: :+1:", f"\\:{JOINER}material/delete: \\:{JOINER}+1:"),
        ("see http://x.y", f"see http{JOINER}://x.y"),
        ("WWW.x.y, a@b.c", f"WWW{JOINER}.x.y, a{JOINER}@b.c"),
        ("\\", r"\\"),
        ("&amp; <b>", r"\&amp; <b>"),
    ],
)
def test_every_mark_of_markdown_is_escaped(text: str, shown: str) -> None:
    assert plain(text) == shown
