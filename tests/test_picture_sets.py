"""A learner's own pictures: names, bursts, files good and bad, and a set taken away and brought in again."""

import json
import struct
import tracemalloc
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import numpy as np
import pytest
from PIL import Image

from dlviz.data import pictures
from dlviz.data.pictures import BadPicture, photograph
from dlviz.transfer import files, picture_sets
from dlviz.transfer.files import BadZip, Read, Refused, pack_set, read_files, unpack_set
from dlviz.transfer.picture_sets import (
    BadName,
    FullSet,
    PictureSet,
    add_burst,
    add_class,
    add_single_pictures,
    check_name,
    choose_examples,
    count_room,
    enable_class,
    encode_picture,
    remove_class,
    remove_picture,
    rename_class,
)
from tests.picture_files import coloured, encoded, png_claiming

MARKUP = '<img src=x onerror="alert(1)">'


def jpeg(seed: int) -> bytes:
    """A kept picture: a flat colour that differs from seed to seed."""
    return encode_picture(encoded(Image.new("RGB", (50, 40), (seed * 37 % 256, seed % 256, 90))))


def zipped(content: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.fixture
def own() -> PictureSet:
    """Two classes: a burst of three and two pictures, a burst of two that is switched off; an empty third."""
    started = PictureSet()
    for name in ("cats & dogs", MARKUP, "empty"):
        started = add_class(started, name)
    started = add_burst(started, 0, [jpeg(1), jpeg(2), jpeg(3)])
    started = add_single_pictures(started, 0, [jpeg(4), jpeg(5)])
    started = add_burst(started, 1, [jpeg(6), jpeg(7)])
    return enable_class(started, 1, False)


def test_a_kept_picture_is_a_small_square_jpeg_that_tells_nothing_else() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    kept = encode_picture(encoded(Image.fromarray(photograph("chelsea")), "JPEG", exif=exif))
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (224, 224), "RGB")
        assert not image.getexif()
    assert len(kept) < 30_000
    assert encode_picture(kept) is kept


@pytest.mark.parametrize("options", [{"comment": "a secret place"}, {"icc_profile": b"x" * 200}])
def test_a_jpeg_that_tells_more_is_made_anew_even_if_it_has_the_size(options: dict[str, object]) -> None:
    content = encoded(Image.new("RGB", (224, 224), "red"), "JPEG", **options)
    with Image.open(BytesIO(encode_picture(content))) as image:
        assert image.info.keys() <= picture_sets.PLAIN


def test_even_noise_stays_under_the_largest_size() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    kept = encode_picture(encoded(Image.fromarray(noise)))
    assert len(kept) < picture_sets.LARGEST
    assert encode_picture(kept) is kept


def test_two_hundred_photographs_take_less_than_ten_megabytes() -> None:
    sizes = [len(encode_picture(file.read_bytes())) for file in pictures.photographs().values()]
    features = 4 * 1280
    assert 200 * (sum(sizes) / len(sizes) + features) < 10_000_000


def test_animated_cmyk_and_48_megapixel_pictures_are_read() -> None:
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    animated = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    cmyk = encoded(coloured().convert("CMYK"), "JPEG")
    large = encoded(Image.new("RGB", (8000, 6000), (0, 200, 0)), "JPEG")
    read = list(read_files([("a.gif", animated), ("c.jpg", cmyk), ("48.jpg", large)]))
    squares = [picture_sets.Picture(each.jpeg, 0).pixels() for each in read if isinstance(each, Read)]
    assert [square.shape for square in squares] == [(224, 224, 3)] * 3
    np.testing.assert_allclose(squares[0][100, 100], (254, 0, 0), atol=4)  # its first frame
    np.testing.assert_allclose(squares[2][100, 100], (0, 200, 0), atol=4)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("cats", "cats"),
        ("  two \n words\t", "two words"),
        (MARKUP, MARKUP),
        ("**bold** $x$", "**bold** $x$"),
        ("👩‍🚀", "👩‍🚀"),
        ("cats\u202egnp", "cats gnp"),
        ("x" * 40, "x" * 40),
    ],
)
def test_a_name_is_kept_as_it_is_written_on_one_line(written: str, kept: str) -> None:
    assert check_name(written, ["dogs"]) == kept


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "^The class has no name: write one"),
        (" \n\u200b\u200d", "^The class has no name"),
        ("x" * 41, "at most 40 letters"),
        (" Dogs ", "^There is a class named “Dogs” already: choose another name"),
        ("STRASSE", "already"),
    ],
)
def test_names_that_cannot_be_are_one_sentence(name: str, sentence: str) -> None:
    with pytest.raises(BadName, match=sentence):
        check_name(name, ["dogs", "Straße"])


def test_classes_are_renamed_switched_off_and_removed_and_the_old_set_stays(own: PictureSet) -> None:
    renamed = rename_class(own, 0, "Cats & Dogs")
    assert [each.name for each in renamed.classes] == ["Cats & Dogs", MARKUP, "empty"]
    assert [each.name for each in own.classes] == ["cats & dogs", MARKUP, "empty"]
    with pytest.raises(BadName):
        rename_class(own, 0, "EMPTY")
    assert [each.name for each in remove_class(own, 1).classes] == ["cats & dogs", "empty"]
    left = remove_picture(own, 0, 1).classes[0].pictures
    assert [picture.jpeg for picture in left] == [jpeg(1), jpeg(3), jpeg(4), jpeg(5)]


def test_examples_are_those_of_classes_that_are_on_and_have_any(own: PictureSet) -> None:
    examples = choose_examples(own)
    assert examples.classes == ("cats & dogs",)
    assert examples.bursts.tolist() == [0, 0, 0, 1, 2]
    both = choose_examples(enable_class(own, 1, True))
    assert both.classes == ("cats & dogs", MARKUP)
    assert both.labels.tolist() == [0] * 5 + [1] * 2
    assert both.bursts.tolist() == [0, 0, 0, 1, 2, 3, 3]
    assert [picture.jpeg for picture in both.pictures] == [jpeg(seed) for seed in range(1, 8)]
    assert choose_examples(PictureSet()).labels.tolist() == []


def test_a_copy_is_of_the_burst_of_its_copy(own: PictureSet) -> None:
    more = add_single_pictures(own, 2, [jpeg(8), jpeg(2), jpeg(8), jpeg(9)])
    assert [picture.burst for picture in more.classes[2].pictures] == [4, 0, 4, 5]


def test_a_set_has_room_for_ten_classes_and_a_thousand_pictures(own: PictureSet) -> None:
    for name in "abcdefg":
        own = add_class(own, name)
    with pytest.raises(FullSet, match="at most 10 classes"):
        add_class(own, "one more")
    assert count_room(own) == 993
    with pytest.raises(FullSet, match="at most 1,000 pictures: there is room for 993 more"):
        add_burst(own, 0, [jpeg(0)] * 994)
    assert count_room(add_burst(own, 0, [jpeg(0)] * 993)) == 0


def test_a_corrupt_picture_among_good_ones_is_named_and_the_others_stay() -> None:
    good = encoded(coloured())
    given = [
        ("1.png", good),
        ("broken.png", good[:60]),
        ("notes.txt", b"not a picture at all"),
        ("empty.png", b""),
        ("huge.png", png_claiming(20_000, 20_000)),
        ("2.jpg", encoded(coloured(), "JPEG")),
    ]
    read = list(read_files(given))
    assert [each.name for each in read if isinstance(each, Read)] == ["1.png", "2.jpg"]
    refused = {each.name: each.why for each in read if isinstance(each, Refused)}
    assert list(refused) == ["broken.png", "notes.txt", "empty.png", "huge.png"]
    assert refused["broken.png"].startswith("The picture is damaged")
    assert refused["notes.txt"].startswith("This is not a PNG")
    assert refused["huge.png"].startswith("The picture has more than 40 million pixels")


def test_a_zip_of_all_sorts_gives_its_pictures_and_names_the_rest() -> None:
    good = encoded(coloured())
    content = zipped(
        {
            "cats/1.png": good,
            "../../etc/passwd.png": good,
            "/absolute.png": good,
            "..\\windows.png": good,
            "cats/readme.txt": b"a text",
            "cats/inner.zip": zipped({"a.png": good}),
            "__MACOSX/cats/._1.png": b"rubbish",
            "cats/.DS_Store": b"rubbish",
            "2.png": good,
        }
    )
    read = list(read_files([("all.zip", content), ("3.png", good)]))
    assert [(each.name, each.folder) for each in read if isinstance(each, Read)] == [
        ("1.png", "cats"),
        ("2.png", ""),
        ("3.png", ""),
    ]
    refused = {each.name: each.why for each in read if isinstance(each, Refused)}
    out = "Its path leads out of the zip: it was left alone."
    assert [name for name, why in refused.items() if why == out] == [
        "../../etc/passwd.png",
        "/absolute.png",
        "..\\windows.png",
    ]
    assert refused.keys() - {name for name, why in refused.items() if why == out} == {
        "readme.txt",
        "inner.zip",
    }


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({f"{at}.png": bytes(20_000_000) for at in range(11)})
    assert len(bomb) < 300_000
    monkeypatch.setattr(ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    (refused,) = read_files([("bomb.zip", bomb)])
    assert refused == Refused("bomb.zip", "The zip would unpack to more than 200 MB: choose fewer pictures.")
    with pytest.raises(BadZip, match="more than 200 MB"):
        unpack_set(bomb)


@pytest.mark.parametrize("method", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_a_zip_that_lies_about_its_sizes_unpacks_to_no_more_than_it_said(method: int) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", method) as archive:
        archive.writestr("a.png", bytes(20_000_000))
    content = bytearray(packed.getvalue())
    for at in (content.find(b"PK\x03\x04") + 22, content.find(b"PK\x01\x02") + 24):
        struct.pack_into("<I", content, at, 1_000)
    tracemalloc.start()
    (refused,) = read_files([("lie.zip", bytes(content))])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused == Refused("a.png", "It cannot be unpacked: it is damaged, or has a password.")
    assert most < 1_000_000


def test_too_large_a_file_of_a_zip_is_named_without_unpacking_it(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({"a.png": bytes(16_000_000)})
    monkeypatch.setattr(ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    (refused,) = read_files([("large.zip", content)])
    assert refused == Refused("a.png", "The file is larger than 15 MB: choose a smaller one.")


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_zip_that_is_cut_off_is_named(part: float) -> None:
    content = zipped({"a.png": encoded(coloured())})
    (refused,) = read_files([("cut.zip", content[: int(len(content) * part)])])
    assert refused == Refused("cut.zip", "The file is no zip, or it is damaged.")


def test_a_zip_of_very_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ENTRIES", 2)
    with pytest.raises(BadZip, match="more than 2 files"):
        unpack_set(zipped({f"a/{at}": b"" for at in range(3)}))


def test_a_set_that_was_taken_away_comes_back_equal(own: PictureSet) -> None:
    assert unpack_set(pack_set(own)) == (own, [])
    assert pack_set(unpack_set(pack_set(own))[0]).startswith(b"PK")


def test_the_labels_can_be_read_by_people_and_programs(own: PictureSet) -> None:
    with ZipFile(BytesIO(pack_set(own))) as archive:
        labels = json.loads(archive.read("labels.json"))
        assert [each["name"] for each in labels["classes"]] == ["cats & dogs", MARKUP, "empty"]
        assert labels["classes"][1]["pictures"][0] == {"file": "class-2/0001.jpg", "burst": 3}
        assert archive.read("class-1/0002.jpg") == jpeg(2)


def packed_again(own: PictureSet, change: Mapping[str, bytes | None] = {}, folder: str = "") -> bytes:
    """A set's zip, some of its files replaced or left out, all of them in a folder."""
    with ZipFile(BytesIO(pack_set(own))) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    changed = {**content, **change}
    return zipped({f"{folder}{name}": data for name, data in changed.items() if data is not None})


def test_a_set_that_was_packed_again_in_a_folder_comes_back_equal(own: PictureSet) -> None:
    assert unpack_set(packed_again(own, folder="my pictures/")) == (own, [])


def test_missing_damaged_and_further_pictures_of_a_set_are_named_and_the_others_stay(own: PictureSet) -> None:
    change = {"class-1/0002.jpg": None, "class-1/0004.jpg": b"damaged", "extra.jpg": jpeg(9)}
    back, refused = unpack_set(packed_again(own, change))
    assert [picture.jpeg for picture in back.classes[0].pictures] == [jpeg(1), jpeg(3), jpeg(5)]
    assert back.classes[1:] == own.classes[1:]
    assert [(each.name, each.why[:20]) for each in refused] == [
        ("extra.jpg", "labels.json does not"),
        ("class-1/0002.jpg", "It is not in the zip"),
        ("0004.jpg", "This is not a PNG, J"),
    ]


LABEL = {"name": "a", "enabled": True, "pictures": [{"file": "class-1/0001.jpg", "burst": 0}]}


@pytest.mark.parametrize(
    "labels",
    [
        "no JSON",
        "[" * 100_000,
        [],
        {},
        {"classes": 1},
        {"classes": [{**LABEL, "name": 3}]},
        {"classes": [{**LABEL, "enabled": "yes"}]},
        {"classes": [{**LABEL, "pictures": ["class-1/0001.jpg"]}]},
        {"classes": [{**LABEL, "pictures": [{"file": "class-1/0001.jpg", "burst": 1e9}]}]},
        {"classes": [{**LABEL, "pictures": [{"file": "class-1/0001.jpg", "burst": -1}]}]},
        {"classes": [{**LABEL, "pictures": [{"file": ["class-1/0001.jpg"], "burst": 1}]}]},
        {"classes": [LABEL], "more": "x" * 1_000_000},
    ],
    ids=range(12),
)
def test_labels_that_are_none_are_one_sentence(own: PictureSet, labels: object) -> None:
    written = labels if isinstance(labels, str) else json.dumps(labels)
    with pytest.raises(
        BadZip, match=r"^The labels\.json in the zip does not say which picture is of which class"
    ):
        unpack_set(packed_again(own, {"labels.json": written.encode()}))


def test_classes_that_cannot_be_named_so_are_named_and_the_others_stay(own: PictureSet) -> None:
    labels = {"classes": [LABEL, {**LABEL, "name": " A"}, {**LABEL, "name": ""}]}
    back, refused = unpack_set(packed_again(own, {"labels.json": json.dumps(labels).encode()}))
    assert [each.name for each in back.classes] == ["a"]
    assert [each.why for each in refused if "labels.json" not in each.why] == [
        "There is a class named “A” already: choose another name.",
        "The class has no name: write one.",
    ]


def test_a_zip_with_a_folder_for_each_class_is_brought_in() -> None:
    content = {
        "set/cats/1.png": encoded(coloured()),
        "set/cats/2.png": encoded(coloured().rotate(90)),
        "set/dogs/1.png": encoded(coloured().rotate(180)),
        "set/Cats/3.png": encoded(coloured()),
        "loose.png": encoded(coloured()),
        f"set/{'x' * 41}/1.png": encoded(coloured()),
    }
    own, refused = unpack_set(zipped(content))
    assert [(each.name, len(each.pictures)) for each in own.classes] == [("cats", 3), ("dogs", 1)]
    assert [picture.burst for picture in own.classes[0].pictures] == [0, 1, 0]  # the third copies the first
    assert [(each.name, each.why) for each in refused] == [
        ("loose.png", "It lies in no folder, and the folder’s name is the class."),
        ("1.png", "A name has at most 40 letters: choose a shorter one."),
    ]


def test_pictures_beyond_a_thousand_and_classes_beyond_ten_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_sets, "PICTURES", 2)
    monkeypatch.setattr(picture_sets, "CLASSES", 1)
    content = {f"{folder}/{at}.jpg": jpeg(at) for folder in "ab" for at in range(2)}
    own, refused = unpack_set(zipped(content))
    assert [len(each.pictures) for each in own.classes] == [2]
    assert [each.name for each in refused] == ["b/0.jpg", "b/1.jpg"]
    full = add_class(PictureSet(), "a")
    full = add_burst(full, 0, [jpeg(0), jpeg(1)])
    monkeypatch.setattr(picture_sets, "PICTURES", 1)
    back, refused = unpack_set(pack_set(full))
    assert len(back.pictures()) == 1
    assert [each.name for each in refused] == ["class-1/0002.jpg"]


@pytest.mark.parametrize("content", [b"", b"no zip", zipped({}), zipped({"a/1.txt": b"a text"})])
def test_a_zip_without_a_picture_is_one_sentence(content: bytes) -> None:
    with pytest.raises(BadZip, match=r"no zip, or it is damaged|has no picture in it that can be used"):
        unpack_set(content)


def test_what_cannot_be_read_is_refused_by_the_one_reader_of_pictures() -> None:
    with pytest.raises(BadPicture, match="HEIC"):
        encode_picture(b"\0\0\0\x18ftypheic" + bytes(100))
