import numpy as np
from streamlit.testing.v1 import AppTest

from tests.packed import unpack


def page() -> None:
    import numpy as np

    from dlviz.ui.components.tiles import Group, tiles

    kernels = np.arange(18, dtype=np.float64).reshape(2, 3, 3) - 9
    heat = np.eye(28)[None]
    tiles(
        "tiles",
        [
            Group("Kernels", "two of them", kernels, "diverging", "2 kernels", selected=1, item="kernel"),
            Group(
                "Heat",
                "",
                heat,
                "sequential",
                "a heat",
                over=True,
                limit=2.0,
                crossed=(1,),
                rows=(("whole", 0.5, "50 %"),),
            ),
        ],
        under=np.full((28, 28), 0.5),
    )


def test_groups_travel_with_their_values_and_the_drawing_under_them() -> None:
    app = AppTest.from_function(page).run()
    (component,) = app.get("bidi_component")
    header, arrays = unpack(component.proto.bytes)
    kernels, heat = header["groups"]
    assert (kernels["title"], kernels["selected"], kernels["item"]) == ("Kernels", 1, "kernel")
    assert (heat["limit"], heat["over"], heat["alt"]) == (2.0, True, "a heat")
    assert (heat["crossed"], heat["rows"]) == ([1], [["whole", 0.5, "50 %"]])
    np.testing.assert_array_equal(
        arrays[kernels["name"]], np.arange(-9, 9, dtype=np.float32).reshape(2, 3, 3), strict=True
    )
    np.testing.assert_array_equal(arrays[heat["name"]], np.eye(28, dtype=np.float32)[None], strict=True)
    np.testing.assert_array_equal(arrays["under"], np.full((1, 28, 28), 0.5, np.float32), strict=True)
