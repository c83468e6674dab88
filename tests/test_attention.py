"""Self-attention and the transformer block against PyTorch's own, with the same weights."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.models import CharTransformer, DigitTransformer, SelfAttention, TransformerBlock
from dlviz.models.attention import causal_mask
from dlviz.models.transformers import patches
from dlviz.trace import trace


def sequences(batch: int, seq: int, embed: int, seed: int = 0) -> Tensor:
    return torch.randn(batch, seq, embed, generator=torch.Generator().manual_seed(seed))


def attention(embed: int, heads: int, seed: int = 0) -> SelfAttention:
    torch.manual_seed(seed)
    return SelfAttention(embed, heads).eval()


def pytorchs_own(ours: SelfAttention) -> nn.MultiheadAttention:
    """PyTorch's layer with the same weights: queries, keys and values one below the other."""
    layers = (ours.queries, ours.keys, ours.values)
    theirs = nn.MultiheadAttention(ours.fc_out.in_features, ours.heads, batch_first=True).eval()
    theirs.load_state_dict(
        {
            "in_proj_weight": torch.cat([layer.weight for layer in layers]),
            "in_proj_bias": torch.cat([layer.bias for layer in layers]),
            "out_proj.weight": ours.fc_out.weight,
            "out_proj.bias": ours.fc_out.bias,
        }
    )
    return theirs


@pytest.mark.parametrize(
    ("embed", "heads", "batch", "seq"), [(4, 1, 1, 1), (8, 2, 3, 5), (12, 12, 2, 7), (64, 16, 2, 30)]
)
@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_pytorchs_own(embed: int, heads: int, batch: int, seq: int, causal: bool) -> None:
    ours, x = attention(embed, heads), sequences(batch, seq, embed)
    mask = causal_mask(seq) if causal else None
    blocked = None if mask is None else ~mask
    output, record = trace(ours, x) if mask is None else (ours(x, mask), None)
    expected, _ = pytorchs_own(ours)(x, x, x, attn_mask=blocked, need_weights=False)
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)
    if record:
        weights = pytorchs_own(ours)(x, x, x, average_attn_weights=False)[1]
        torch.testing.assert_close(torch.tensor(record["attention.pattern"]), weights, atol=1e-5, rtol=0)


def test_heads_are_scaled_dot_product_attention() -> None:
    ours, x = attention(24, 3), sequences(2, 6, 24)
    _, record = trace(ours, x)
    q, k, v = (torch.tensor(record[f"attention.{part}"]) for part in "qkv")
    heads = torch.tensor(record["attention.heads"])
    torch.testing.assert_close(heads, F.scaled_dot_product_attention(q, k, v), atol=1e-5, rtol=0)


def test_a_pattern_worked_by_hand() -> None:
    ours = attention(2, 1)
    eye = {"weight": torch.eye(2), "bias": torch.zeros(2)}
    for layer in (ours.queries, ours.keys, ours.values, ours.fc_out):
        layer.load_state_dict(eye)
    x = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    _, record = trace(ours, x)
    # Query 1 has products 0 and 4; by the root of 2 they are 0 and 2.828.
    share = torch.tensor(4 / 2**0.5).sigmoid().item()
    assert record["attention.products"][0, 0].tolist() == [[1.0, 0.0], [0.0, 4.0]]
    assert record["attention.pattern"][0, 0, 1].tolist() == pytest.approx([1 - share, share], abs=1e-6)
    assert record["attention.out"][0, 1].tolist() == pytest.approx([1 - share, 2 * share], abs=1e-6)


@pytest.mark.parametrize("padding", [False, True])
def test_every_row_of_a_pattern_sums_to_one_and_hides_what_is_masked(padding: bool) -> None:
    ours, x = attention(8, 2), sequences(2, 5, 8)
    mask = causal_mask(5)
    if padding:
        mask = mask & torch.tensor([True, True, True, False, True])

    class Masked(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return ours(x, mask)

    _, record = trace(Masked(), x)
    pattern = torch.tensor(record["attention.pattern"])
    torch.testing.assert_close(pattern.sum(-1), torch.ones(2, 2, 5))
    assert not pattern[:, :, ~mask].any()


def test_a_mask_that_hides_every_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        attention(4, 1)(sequences(1, 3, 4), torch.zeros(3, 3, dtype=torch.bool))


def test_a_size_that_does_not_divide_is_refused_with_both_numbers() -> None:
    with pytest.raises(ValueError, match=r"10 .* 3 "):
        SelfAttention(10, 3)


def test_without_positions_permuted_tokens_give_permuted_outputs() -> None:
    block = TransformerBlock(8, 2, 0.1, 4).eval()
    x, order = sequences(1, 6, 8), torch.tensor([3, 1, 0, 5, 4, 2])
    torch.testing.assert_close(block(x[:, order]), block(x)[:, order], atol=1e-5, rtol=0)


def test_a_block_is_pytorchs_own_post_norm_layer() -> None:
    torch.manual_seed(0)
    ours = TransformerBlock(16, 4, 0.0, 2).eval()
    theirs = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True).eval()
    own = pytorchs_own(ours.attention).state_dict()
    parts = {"linear1": ours.feed_forward[0], "linear2": ours.feed_forward[2]}
    parts |= {"norm1": ours.norm1, "norm2": ours.norm2}
    others = {f"{name}.{key}": v for name, part in parts.items() for key, v in part.state_dict().items()}
    theirs.load_state_dict({f"self_attn.{key}": value for key, value in own.items()} | others)
    x = sequences(3, 7, 16)
    torch.testing.assert_close(ours(x), theirs(x), atol=1e-5, rtol=0)


def test_the_residual_stream_adds_up() -> None:
    block = TransformerBlock(8, 2, 0.1, 4).eval()
    _, record = trace(block, sequences(2, 5, 8))
    sums = record["block.resid_pre"] + record["block.attention.out"]
    assert abs(record["block.resid_mid"] - sums).max() < 1e-6
    sums = record["block.norm1"] + record["block.feed_forward.2"]
    assert abs(record["block.resid_post"] - sums).max() < 1e-6


def test_state_dict_keys_are_the_lessons() -> None:
    keys = {name.rsplit(".", 1)[0] for name in TransformerBlock(8, 2, 0.1, 4).state_dict()}
    attention_keys = {f"attention.{name}" for name in ("queries", "keys", "values", "fc_out")}
    assert keys == attention_keys | {"norm1", "norm2", "feed_forward.0", "feed_forward.2"}


def test_patches_are_cut_row_by_row() -> None:
    image = torch.arange(28 * 28.0).view(1, 1, 28, 28)
    cut = patches(image)
    assert cut.shape == (1, 49, 16)
    assert cut[0, 8].tolist() == image[0, 0, 4:8, 4:8].flatten().tolist()


def test_a_digit_transformer_answers_and_records_each_block() -> None:
    model = DigitTransformer(embed_size=16, heads=2, depth=2).eval()
    x = torch.randn(3, 1, 28, 28)
    output, record = trace(model, x)
    torch.testing.assert_close(output, model(x))
    assert record["blocks.1.attention.pattern"].shape == (3, 2, 50, 50)


def test_a_causal_transformer_does_not_see_what_comes_later() -> None:
    model = CharTransformer(20, 12, 16, 2, 2).eval()
    x = torch.randint(0, 20, (1, 12), generator=torch.Generator().manual_seed(0))
    changed = x.clone()
    changed[0, 8:] = 0
    torch.testing.assert_close(model(x)[:, :8], model(changed)[:, :8])
    assert not torch.allclose(model(x)[:, 8:], model(changed)[:, 8:])
    with pytest.raises(ValueError, match="13 characters do not fit a context of 12"):
        model(torch.zeros(1, 13, dtype=torch.int64))
