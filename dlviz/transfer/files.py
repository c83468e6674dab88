"""A learner's files: pictures, zips of pictures, and a whole set that was taken away and is brought in again.

Nothing is ever written to a disk, and no path of a zip is followed.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from dlviz.data.pictures import MAX_BYTES, BadPicture
from dlviz.transfer.picture_sets import (
    PICTURES,
    BadName,
    FullSet,
    Picture,
    PictureClass,
    PictureSet,
    add_class,
    add_single_pictures,
    check_name,
    count_room,
    encode_picture,
)

UNPACKED = 200_000_000  # bytes of all that a zip may unpack to
ENTRIES = 5_000  # files of a zip
NAME = 60  # letters of a file's name that are shown
LABELS = "labels.json"
ZIP = b"PK"  # the beginning of every zip
LARGEST_LABELS = 1_000_000  # bytes
RUBBISH = ("__MACOSX", "Thumbs.db", "desktop.ini")  # that systems put into a zip, besides hidden files


class BadZip(ValueError):
    """A zip cannot be used at all; the message says why, in a sentence for the learner."""


@dataclass(frozen=True)
class Read:
    """A picture that was read: its file's name, the folder it lay in, and the JPEG that is kept."""

    name: str
    folder: str
    jpeg: bytes


@dataclass(frozen=True)
class Refused:
    """A file that could not be used, and why, in a sentence for the learner."""

    name: str
    why: str


def read_files(files: Sequence[tuple[str, bytes]]) -> Iterator[Read | Refused]:
    """Read pictures and zips of pictures, by their names, one at a time, in their order.

    What cannot be used is named; all others stay.
    """
    for name, content in files:
        if not content.startswith(ZIP):
            yield _read_picture(name, content)
            continue
        try:
            archive, entries = _open_zip(content)
        except BadZip as error:
            yield Refused(_shorten(name), str(error))
            continue
        for entry in entries:
            yield _read_entry(archive, entry)


def pack_set(own: PictureSet) -> bytes:
    """Pack a set to take away: a folder of JPEGs for each class, and their labels as JSON."""
    packed = BytesIO()
    listed = []
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        for at, each in enumerate(own.classes, 1):
            files = [f"class-{at}/{number:04}.jpg" for number in range(1, len(each.pictures) + 1)]
            for file, picture in zip(files, each.pictures, strict=True):
                archive.writestr(file, picture.jpeg)
            pictures = [
                {"file": file, "burst": picture.burst}
                for file, picture in zip(files, each.pictures, strict=True)
            ]
            listed.append({"name": each.name, "enabled": each.enabled, "pictures": pictures})
        archive.writestr(LABELS, json.dumps({"classes": listed}, ensure_ascii=False, indent=1))
    return packed.getvalue()


def unpack_set(content: bytes) -> tuple[PictureSet, list[Refused]]:
    """Bring a set in: one that `pack_set` packed, or else a zip with a folder of pictures for each class.

    Returns: the set, and the files and classes that could not be used.
    Raises: BadZip if it is no zip, too large, or has no picture in it that can be used.
    """
    archive, entries = _open_zip(content)
    labels = next((entry for entry in entries if PurePosixPath(entry.filename).name == LABELS), None)
    own, refused = _by_labels(archive, entries, labels) if labels else _by_folders(archive, entries)
    if not own.pictures():
        raise BadZip("The zip has no picture in it that can be used.")
    return own, refused


def _by_labels(
    archive: ZipFile, entries: Sequence[ZipInfo], labels: ZipInfo
) -> tuple[PictureSet, list[Refused]]:
    try:
        if labels.file_size > LARGEST_LABELS:
            raise ValueError
        listed = [_read_label(label) for label in json.loads(_unpack(archive, labels))["classes"]]
    # A file made to do harm fails in any way it likes: it is no list of labels.
    except Exception as error:
        raise BadZip(f"The {LABELS} in the zip does not say which picture is of which class.") from error
    # A set that was unpacked and packed again may lie in a folder.
    folder = labels.filename.removesuffix(LABELS)
    by_name = {entry.filename.removeprefix(folder): entry for entry in entries if entry is not labels}
    named = {file for _, _, pictures in listed for file, _ in pictures}
    own = PictureSet()
    refused = [
        Refused(_shorten(file), f"{LABELS} does not name it.") for file in by_name if file not in named
    ]
    for name, enabled, pictures in listed:
        try:
            own = add_class(own, name)
        except (BadName, FullSet) as error:
            refused.append(Refused(_shorten(name), str(error)))
            continue
        kept: list[Picture] = []
        for file, burst in pictures:
            if len(kept) >= count_room(own):
                read = _too_many(file)
            elif file in by_name:
                read = _read_entry(archive, by_name[file])
            else:
                read = Refused(_shorten(file), "It is not in the zip.")
            if isinstance(read, Read):
                kept.append(Picture(read.jpeg, burst))
            else:
                refused.append(read)
        whole = PictureClass(own.classes[-1].name, tuple(kept), enabled)
        own = PictureSet((*own.classes[:-1], whole))
    return own, refused


def _read_label(label: Any) -> tuple[str, bool, list[tuple[str, int]]]:
    """Check what a file says of a class, and of its pictures' files and bursts.

    Raises: ValueError, KeyError or TypeError if it is of another form.
    """
    pictures = [(each["file"], each["burst"]) for each in label["pictures"]]
    name, enabled = label["name"], label["enabled"]
    if not (
        isinstance(name, str)
        and isinstance(enabled, bool)
        and all(
            isinstance(file, str) and type(burst) is int and 0 <= burst < 2**31 for file, burst in pictures
        )
    ):
        raise ValueError
    return name, enabled, pictures


def _by_folders(archive: ZipFile, entries: Sequence[ZipInfo]) -> tuple[PictureSet, list[Refused]]:
    own, refused = PictureSet(), []
    places: dict[str, int] = {}
    for entry in entries:
        read = _read_entry(archive, entry) if count_room(own) else _too_many(entry.filename)
        if isinstance(read, Refused):
            refused.append(read)
            continue
        if not read.folder:
            refused.append(Refused(read.name, "It lies in no folder, and the folder’s name is the class."))
            continue
        try:
            name = check_name(read.folder, ())
            if name.casefold() not in places:
                own = add_class(own, name)
                places[name.casefold()] = len(own.classes) - 1
            own = add_single_pictures(own, places[name.casefold()], [read.jpeg])
        except (BadName, FullSet) as error:
            refused.append(Refused(read.name, str(error)))
    return own, refused


def _too_many(name: str) -> Refused:
    return Refused(_shorten(name), f"A set has at most {PICTURES:,} pictures.")


def _open_zip(content: bytes) -> tuple[ZipFile, list[ZipInfo]]:
    """Open a zip, and list its files but for those that systems put into it.

    Raises: BadZip if it is none, has too many files, or would unpack to too much; nothing is unpacked yet.
    """
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BadZip("The file is no zip, or it is damaged.") from error
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > ENTRIES:
        raise BadZip(f"The zip has more than {ENTRIES:,} files in it.")
    if sum(entry.file_size for entry in entries) > UNPACKED:
        raise BadZip(f"The zip would unpack to more than {UNPACKED // 1_000_000} MB: choose fewer pictures.")
    return archive, [entry for entry in entries if not _is_rubbish(_path(entry))]


def _path(entry: ZipInfo) -> PurePosixPath:
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _is_rubbish(path: PurePosixPath) -> bool:
    return any(part in RUBBISH for part in path.parts) or (path.name.startswith(".") and path.name != "..")


def _read_entry(archive: ZipFile, entry: ZipInfo) -> Read | Refused:
    """Read a picture of a zip; no more of it is unpacked than the zip has said."""
    path = _path(entry)
    if path.is_absolute() or ".." in path.parts:
        return Refused(_shorten(entry.filename), "Its path leads out of the zip: it was left alone.")
    if entry.file_size > MAX_BYTES:
        return Refused(_shorten(path.name), "The file is larger than 15 MB: choose a smaller one.")
    try:
        content = _unpack(archive, entry)
    # Locked with a password, packed in another way, or damaged: each fails in its own way.
    except Exception:
        return Refused(_shorten(path.name), "It cannot be unpacked: it is damaged, or has a password.")
    return _read_picture(path.name, content, path.parent.name)


def _unpack(archive: ZipFile, entry: ZipInfo) -> bytes:
    """Unpack a file of a zip, as many bytes as the zip has said: it may lie, and hold a thousand times more.

    Raises: whatever `zipfile` raises; BadZipFile if it is packed in a way that cannot be stopped there.
    """
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile
    with archive.open(entry) as file:
        return file.read(entry.file_size)  # without a number all would be unpacked, and then cut


def _read_picture(name: str, content: bytes, folder: str = "") -> Read | Refused:
    try:
        return Read(_shorten(name), folder, encode_picture(content))
    except BadPicture as error:
        return Refused(_shorten(name), str(error))


def _shorten(name: str) -> str:
    """A file's name for a sentence: on one line, and not too long."""
    shown = "".join(sign if sign.isprintable() else " " for sign in name)
    return shown if len(shown) <= NAME else f"{shown[: NAME - 1]}…"
