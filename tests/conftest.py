"""What all tests share."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """As in the server: on two cores, PyTorch's own threads beside others' only wait for each other."""
    torch.set_num_threads(1)
