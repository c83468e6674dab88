"""Stands in for torchvision's compiled extension where it cannot load, and takes it away where it can.

Both replace `torch.ops.load_library`, the one function by which the extension comes into a process.
"""

from pathlib import Path

import torch

POOL = "float spatial_scale, SymInt pooled_height, SymInt pooled_width"
SIZES = "SymInt batch_size, SymInt channels, SymInt height, SymInt width"
BACKWARD = f"Tensor grad, Tensor rois, Tensor channel_mapping, {POOL}"
CONVOLUTION = (
    "Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, "
    "SymInt pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, "
    "bool use_mask"
)
# What the extension of torchvision 0.28 declares, as far as torchvision's Python code refers to it.
SCHEMAS = (
    "_cuda_version() -> int",
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    f"roi_align(Tensor input, Tensor rois, {POOL}, int sampling_ratio, bool aligned) -> Tensor",
    "qroi_align(Tensor input, Tensor rois, float input_scale, int input_zero_point, float rois_scale, "
    f"int rois_zero_point, {POOL}, int sampling_ratio, bool aligned) -> Tensor",
    f"roi_pool(Tensor input, Tensor rois, {POOL}) -> (Tensor, Tensor)",
    f"ps_roi_align(Tensor input, Tensor rois, {POOL}, int sampling_ratio) -> (Tensor, Tensor)",
    f"ps_roi_pool(Tensor input, Tensor rois, {POOL}) -> (Tensor, Tensor)",
    f"deform_conv2d({CONVOLUTION}) -> Tensor",
    f"_roi_align_backward(Tensor grad, Tensor rois, {POOL}, {SIZES}, "
    "int sampling_ratio, bool aligned) -> Tensor",
    f"_roi_pool_backward(Tensor grad, Tensor rois, Tensor argmax, {POOL}, {SIZES}) -> Tensor",
    f"_ps_roi_align_backward({BACKWARD}, int sampling_ratio, {SIZES}) -> Tensor",
    f"_ps_roi_pool_backward({BACKWARD}, {SIZES}) -> Tensor",
    f"_deform_conv2d_backward(Tensor grad, {CONVOLUTION}) -> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    "box_iou_rotated(Tensor boxes1, Tensor boxes2) -> Tensor",
)

really_load = torch.ops.load_library


def is_extension(path: str) -> bool:
    return Path(path).stem == "_C" and Path(path).parent.name == "torchvision"


def present() -> None:
    """From now on loading torchvision's extension declares its operators."""
    # The one definition that a namespace may have: whoever declares an operator twice fails.
    library = torch.library.Library("torchvision", "DEF")
    loaded = set()

    def load_library(path: str) -> None:
        if not is_extension(path):
            really_load(path)
        elif not loaded:
            loaded.add(path)
            for schema in SCHEMAS:
                library.define(schema)
            library.impl("_cuda_version", lambda: -1, "CompositeExplicitAutograd")

    torch.ops.load_library = load_library


def absent() -> None:
    """From now on torchvision's extension cannot be loaded."""

    def load_library(path: str) -> None:
        if is_extension(path):
            raise OSError(f"Could not load this library: {path}")
        really_load(path)

    torch.ops.load_library = load_library
