"""EfficientNet-Lite0: a small network for photographs, which others have trained on ImageNet."""

from torch import Tensor, nn

from dlviz.trace import record, run_recorded

# Of each group of blocks: blocks, kernel size, stride of the first, expansion, channels.
GROUPS = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM, HEAD = 32, 1280  # channels before the blocks, and behind them


def _convolve(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Zeros around the maps unless the kernel is 1×1, a convolution, batch norm.

    With a stride of 2 the zeros are those that TensorFlow adds to even sides: one less before than behind.
    """
    before, behind = (size - stride) // 2, (size - 1) // 2
    padding = [nn.ZeroPad2d((before, behind, before, behind))] if behind else []
    return [
        *padding,
        nn.Conv2d(inputs, outputs, size, stride, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01),
    ]


class InvertedResidual(nn.Module):
    """More channels, a convolution within each, fewer channels; added to the input if shapes agree.

    Args:
        inputs, outputs: numbers of channels.
        size, stride: of the convolution within each channel.
        expansion: channels inside, as a multiple of those that come in.
    Source: Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", section 3.3.
    """

    def __init__(self, inputs: int, outputs: int, size: int, stride: int, expansion: int) -> None:
        super().__init__()
        inside = inputs * expansion
        expand = [*_convolve(inputs, inside, 1), nn.ReLU6()] if expansion > 1 else []
        self.expand = nn.Sequential(*expand)
        self.depthwise = nn.Sequential(*_convolve(inside, inside, size, stride, groups=inside), nn.ReLU6())
        self.project = nn.Sequential(*_convolve(inside, outputs, 1))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor, name: str = "block") -> Tensor:
        """Maps (batch, outputs, height / stride, width / stride) of maps (batch, inputs, height, width)."""
        inside = run_recorded(self.expand, f"{name}.expand", x)
        inside = run_recorded(self.depthwise, f"{name}.depthwise", inside)
        out = run_recorded(self.project, f"{name}.project", inside)
        return record(name, out + x if self.adds else out)


class EfficientNetLite0(nn.Module):
    """A stem, sixteen inverted residual blocks, the mean of each of 1,280 maps, and a linear layer.

    Args:
        num_classes: number of classes.
    Source: Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks". The
        Lite variants are Google's: without squeeze-and-excitation, and with ReLU6.
    """

    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_convolve(3, STEM, 3, stride=2), nn.ReLU6())
        self.blocks = nn.ModuleList()
        channels = STEM
        for count, size, stride, expansion, outputs in GROUPS:
            for place in range(count):
                first = stride if place == 0 else 1
                self.blocks.append(InvertedResidual(channels, outputs, size, first, expansion))
                channels = outputs
        self.head = nn.Sequential(*_convolve(channels, HEAD, 1), nn.ReLU6())
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(HEAD, num_classes)

    def maps(self, x: Tensor) -> Tensor:
        """Last maps (batch, 1280, height / 32, width / 32) of pictures (batch, 3, height, width)."""
        x = run_recorded(self.stem, "stem", record("input", x))  # (batch, 32, height / 2, width / 2)
        for place, block in enumerate(self.blocks):
            x = block(x, f"blocks.{place}")
        return run_recorded(self.head, "head", x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, classes) of normalised pictures (batch, 3, height, width), sides multiples of 32."""
        pooled = record("pool", self.maps(x).mean(dim=(2, 3)))  # (batch, 1280)
        return record("fc", self.fc(record("dropout", self.dropout(pooled))))
