import numpy as np

from dlviz.figures.montage import montage

WHITE, BLUE, ORANGE = [255, 255, 255], [0x08, 0x30, 0x5C], [0x6E, 0x30, 0x00]


def test_maps_stand_row_by_row_with_paper_between_them() -> None:
    maps = np.zeros((3, 1, 2))
    maps[0, 0, 1] = maps[1, 0, 0] = maps[2] = 4.0
    picture = montage(maps, columns=2, scale="sequential", gap=1)
    assert picture.dtype == np.uint8
    assert picture.tolist() == [
        [WHITE, BLUE, WHITE, BLUE, WHITE],
        [WHITE] * 5,
        [BLUE, BLUE, WHITE, WHITE, WHITE],
    ]


def test_a_value_is_zoomed_to_a_square() -> None:
    picture = montage(np.array([[[1.0, -1.0]]]), columns=4, scale="diverging", zoom=2)
    assert picture[:, :2].tolist() == [[BLUE] * 2] * 2
    assert picture[:, 2:4].tolist() == [[ORANGE] * 2] * 2


def test_all_maps_share_one_scale_symmetric_about_zero() -> None:
    picture = montage(np.array([[[-2.0]], [[1.0]], [[0.0]]]), columns=3, scale="diverging", gap=0)
    weak, zero = picture[0, 1].tolist(), picture[0, 2].tolist()
    assert picture[0, 0].tolist() == ORANGE
    assert zero == WHITE
    assert weak not in (BLUE, WHITE)


def test_columns_that_no_map_fills_are_paper() -> None:
    picture = montage(np.ones((1, 2, 2)), columns=3, scale="ink", gap=2)
    assert picture.shape == (2, 3 * 2 + 2 * 2, 3)
    assert (picture[:, 2:] == 255).all()
