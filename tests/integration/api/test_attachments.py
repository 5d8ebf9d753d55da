"""Uploads: what is taken, what is refused, and that nothing of the camera is kept."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import httpx
import pytest
from PIL import Image

from conversations.pictures import Darkroom
from tests.integration.api.conftest import Build, Caller


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), **extra: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, form, **extra)
    return out.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Canary Cameras"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif.tobytes(), comment=b"canary")


def bomb() -> bytes:
    """A few bytes that say they are 60,000 × 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    packed = struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    packed += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return b"\x89PNG\r\n\x1a\n" + packed


def moving() -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


async def upload(caller: Caller, data: bytes, kind: str = "image/jpeg") -> httpx.Response:
    return await caller.house.client.post(
        f"{caller.path}/attachments", content=data, headers=caller.headers | {"Content-Type": kind}
    )


@pytest.mark.parametrize(
    ("form", "kind"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
async def test_pictures_are_taken_and_become_jpegs(caller: Caller, form: str, kind: str) -> None:
    answer = await upload(caller, picture(form), kind)
    assert answer.status_code == 201
    shown = await caller.house.client.get(
        f"{caller.path}/attachments/{answer.json()['attachment_id']}", headers=caller.headers
    )
    assert Image.open(BytesIO(shown.content)).format == "JPEG"


async def test_camera_and_place_are_forgotten(caller: Caller) -> None:
    attached = (await upload(caller, with_place())).json()["attachment_id"]
    kept = await caller.house.services.conversations.content(caller.id, attached)
    assert b"anary" not in kept.data
    assert not Image.open(BytesIO(kept.data)).getexif()


async def test_what_hangs_on_behind_a_picture_is_cut_off(caller: Caller) -> None:
    attached = (await upload(caller, picture() + b"<script>alert(1)</script>PK\x03\x04")).json()[
        "attachment_id"
    ]
    kept = await caller.house.services.conversations.content(caller.id, attached)
    assert b"script" not in kept.data


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        (b"", "image/jpeg", (415, "attachment_unsupported")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", (415, "attachment_unsupported")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", (415, "attachment_unsupported")),
        (b"MZ\x90\x00 not a picture", "image/jpeg", (415, "attachment_unsupported")),
        (b"%PDF-1.7", "application/pdf", (415, "attachment_unsupported")),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic", (415, "attachment_unsupported")),
        (picture("GIF"), "image/png", (415, "attachment_unsupported")),
        (picture(size=(400, 300))[:500], "image/jpeg", (422, "attachment_unreadable")),
        (moving(), "image/webp", (422, "attachment_moves")),
        (bomb(), "image/png", (413, "attachment_too_large")),
    ],
)
async def test_what_is_no_plain_picture_is_refused_and_not_kept(
    caller: Caller, data: bytes, kind: str, expected: tuple[int, str]
) -> None:
    answer = await upload(caller, data, kind)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == expected
    assert answer.json()["detail"]
    assert await caller.house.services.conversations.attachments(caller.id) == ()


async def test_a_hundred_megabytes_are_refused_unread(caller: Caller) -> None:
    async def body() -> object:
        for _ in range(100):
            yield b"\xff\xd8" + bytes(1_048_574)

    headers = caller.headers | {"Content-Type": "image/jpeg"}
    told = headers | {"Content-Length": "104857600"}
    path = f"{caller.path}/attachments"
    assert (await caller.house.client.post(path, content=b"x", headers=told)).status_code == 413
    answer = await caller.house.client.post(path, content=body(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:dragoman:problem:attachment_too_large")


async def test_a_message_itself_stays_small(caller: Caller) -> None:
    assert (await caller.say("a" * 70_000)).status_code == 413


async def test_the_same_picture_is_kept_once_and_only_so_many_are(build: Build) -> None:
    house = await build(pictures_each=2, darkroom=Darkroom(max_pixels=10_000))
    caller = await house.open()
    first = [(await upload(caller, picture())).json()["attachment_id"] for _ in range(3)]
    assert len(set(first)) == 1
    assert (await upload(caller, picture(size=(50, 30)))).status_code == 201
    third = await upload(caller, picture(size=(60, 30)))
    assert (third.status_code, third.json()["type"]) == (422, "urn:dragoman:problem:too_many_attachments")
    assert (await upload(caller, picture(size=(101, 100)))).status_code == 413


@pytest.mark.parametrize(
    "ids", [["att_1"], ["../../etc/passwd"], [{"id": 1}], ["att_" + "0" * 24] * 11, "att"]
)
async def test_strange_attachments_of_a_message_are_refused(caller: Caller, ids: object) -> None:
    answer = await caller.house.client.post(
        f"{caller.path}/messages",
        json={"text": "hi", "attachments": ids},
        headers=caller.headers | {"Idempotency-Key": "k"},
    )
    assert answer.status_code == 422
    assert not await caller.house.services.conversations.transcript(caller.id)


async def test_the_same_key_with_another_picture_is_another_message(caller: Caller) -> None:
    photo = (await upload(caller, picture())).json()["attachment_id"]
    headers = caller.headers | {"Idempotency-Key": "k"}
    path = f"{caller.path}/messages"
    first = await caller.house.client.post(path, json={"text": "hi", "attachments": [photo]}, headers=headers)
    again = await caller.house.client.post(path, json={"text": "hi", "attachments": [photo]}, headers=headers)
    other = await caller.house.client.post(path, json={"text": "hi"}, headers=headers)
    assert (first.status_code, again.json(), other.status_code) == (200, first.json(), 409)
