"""Small transformers built from the lesson's own block: one reads a digit's patches, one writes text."""

import torch
from torch import Tensor, nn

from dlviz.models.attention import TransformerBlock, causal_mask
from dlviz.trace import record

SMALL = 0.3  # initial size of CharTransformer's vectors, beside a usual 1
PATCH, PATCHES = 4, 49  # a digit of 28×28 is 7×7 patches of 4×4


def patches(images: Tensor) -> Tensor:
    """Cut digits (batch, 1, 28, 28) into 4×4 patches, row by row: (batch, 49, 16).

    Of colour pictures (batch, 3, 32, 32) they are (batch, 64, 48), colour after colour.
    """
    return nn.functional.unfold(images, PATCH, stride=PATCH).transpose(1, 2)


def sinusoids(seq: int, embed_size: int) -> Tensor:
    """Sine and cosine of each position, in turn, at ever lower frequencies: (seq, embed_size) float32.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.5.
    """
    rates = 10_000 ** (-torch.arange(0, embed_size, 2) / embed_size)
    angles = torch.arange(seq)[:, None] * rates  # (seq, embed_size / 2, rounded up)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :embed_size]


def _stack(depth: int, embed_size: int, heads: int, dropout: float, forward_expansion: int) -> nn.ModuleList:
    return nn.ModuleList(
        TransformerBlock(embed_size, heads, dropout, forward_expansion) for _ in range(depth)
    )


class TransformerStack(nn.Module):
    """Blocks one after another, and nothing before or behind them.

    Args:
        embed_size, heads, depth, dropout, forward_expansion: as of DigitTransformer.
    """

    def __init__(
        self, embed_size: int, heads: int, depth: int, dropout: float = 0.1, forward_expansion: int = 4
    ) -> None:
        super().__init__()
        self.blocks = _stack(depth, embed_size, heads, dropout, forward_expansion)

    def forward(self, x: Tensor) -> Tensor:
        """Output (batch, seq, embed) for vectors (batch, seq, embed)."""
        x = record("embedding", x)
        for index, block in enumerate(self.blocks):
            x = block(x, name=f"blocks.{index}")
        return x


class DigitTransformer(nn.Module):
    """A digit as 49 patches and a class token, which gathers from them the digit's class.

    Args:
        embed_size, heads, depth: of a patch's vector, of attention heads, of blocks.
        num_classes: answers.
        dropout, forward_expansion: as of TransformerBlock.
        colours, side: of the pictures; those of CIFAR-10 have 3 colours, 32×32 pixels and so 64 patches.
    """

    def __init__(
        self,
        embed_size: int = 64,
        heads: int = 4,
        depth: int = 3,
        num_classes: int = 10,
        dropout: float = 0.1,
        forward_expansion: int = 4,
        colours: int = 1,
        side: int = 28,
    ) -> None:
        super().__init__()
        self.embed = nn.Linear(colours * PATCH * PATCH, embed_size)
        self.class_token = nn.Parameter(0.02 * torch.randn(1, 1, embed_size))
        self.positions = nn.Parameter(0.02 * torch.randn(1 + (side // PATCH) ** 2, embed_size))
        self.blocks = _stack(depth, embed_size, heads, dropout, forward_expansion)
        self.fc = nn.Linear(embed_size, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, num_classes) of normalised digits (batch, 1, 28, 28), or other pictures."""
        cut = record("patches", patches(record("input", x)))  # (batch, 49, 16)
        tokens = torch.cat([self.class_token.expand(len(x), -1, -1), self.embed(cut)], dim=1)
        x = record("embedding", tokens + self.positions)  # (batch, 50, embed); the class token comes first
        for index, block in enumerate(self.blocks):
            x = block(x, name=f"blocks.{index}")
        return record("fc", self.fc(x[:, 0]))


class CharTransformer(nn.Module):
    """Characters to vectors with their positions, causal blocks, and a linear layer over every position.

    Args:
        vocab_size, context: number of characters, and of positions that a text may have.
        embed_size, heads, depth, dropout, forward_expansion: as of DigitTransformer.
    """

    def __init__(
        self,
        vocab_size: int,
        context: int,
        embed_size: int,
        heads: int,
        depth: int,
        dropout: float = 0.0,
        forward_expansion: int = 4,
    ) -> None:
        super().__init__()
        self.context = context
        # Small beside what attention adds, and with places that are alike where they are near: so that blocks
        # that norm after adding soon learn to attend to the character before (measured; else they hardly do).
        self.embedding = nn.Embedding.from_pretrained(
            SMALL * torch.randn(vocab_size, embed_size), freeze=False
        )
        self.positions = nn.Parameter(SMALL * sinusoids(context, embed_size))
        self.blocks = _stack(depth, embed_size, heads, dropout, forward_expansion)
        self.fc = nn.Linear(embed_size, vocab_size)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, seq, vocab_size) of the character after each of x (batch, seq) int64.

        Raises: ValueError if the text is longer than the context.
        """
        seq = x.shape[1]
        if seq > self.context:
            raise ValueError(f"{seq} characters do not fit a context of {self.context}")
        x = record("embedding", self.embedding(x) + self.positions[:seq])
        mask = causal_mask(seq)
        for index, block in enumerate(self.blocks):
            x = block(x, mask, f"blocks.{index}")
        return record("fc", self.fc(x))
