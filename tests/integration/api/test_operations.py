"""Health, figures, pages, headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.api.conftest import Build, House


async def test_up_is_up_and_ready_names_what_is_missing(build: Build) -> None:
    async def works() -> None:
        return

    async def fails() -> None:
        raise OSError("no index")

    house = await build(checks={"database": works, "index": fails})
    assert (await house.client.get("/healthz")).json() == {"status": "ok"}
    answer = await house.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "checks": {"database": "ok", "index": "failed"}}
    ready = await build(checks={"database": works})
    assert (await ready.client.get("/readyz")).status_code == 200


async def test_figures_count_turns_and_requests(house: House) -> None:
    caller = await house.open()
    await caller.say("hello")
    text = (await house.client.get("/metrics", headers=house.staff())).text
    assert 'dragoman_turns_total{owner="assistant",planner="flows"} 1.0' in text
    assert 'route="/v1/conversations/{conversation_id}/messages",status="200"' in text
    assert caller.id not in text


async def test_demo_mail_is_shown_in_the_demo_only(build: Build) -> None:
    demo, live = await build(demo=True), await build()
    await demo.services.mails.add("ada@example.com", "Your code", "123456", "en")
    (mail,) = (await demo.client.get("/demo/mails")).json()
    assert (mail["recipient"], mail["subject"], mail["text"]) == ("ada@example.com", "Your code", "123456")
    assert (await live.client.get("/demo/mails")).status_code == 404


@pytest.fixture
def web(tmp_path: Path) -> Path:
    for page in ("chat", "desk", "outbox"):
        (tmp_path / "web" / page).mkdir(parents=True)
        (tmp_path / "web" / page / "index.html").write_text(f"<title>{page}</title>", encoding="utf-8")
        (tmp_path / "web" / page / f"{page}.js").write_text("export {}", encoding="utf-8")
    return tmp_path / "web"


async def test_pages_stand_at_their_places(build: Build, web: Path) -> None:
    house = await build(web=web, demo=True)
    for path, title in (("/", "chat"), ("/desk/", "desk"), ("/demo/outbox/", "outbox")):
        assert title in (await house.client.get(path)).text
    assert (await house.client.get("/desk")).headers["Location"] == "/desk/"
    assert (await house.client.get("/chat.js")).status_code == 200
    assert (await house.client.get("/desk/desk.js")).status_code == 200
    for wrong in ("/nothing", "/../pyproject.toml", "/%2e%2e/pyproject.toml"):
        assert (await house.client.get(wrong)).status_code == 404
    live = await build(web=web)
    assert (await live.client.get("/demo/outbox/")).status_code == 404
    bare = await build(web=web.parent / "nowhere")
    assert (await bare.client.get("/")).status_code == 404


async def test_every_answer_carries_the_security_headers(build: Build, web: Path) -> None:
    house = await build(web=web)
    caller = await house.open()
    for answer in (
        await house.client.get("/"),
        await house.client.get("/nothing"),
        await caller.say("hello"),
        await house.client.post("/v1/conversations", content=b"a" * 70_000),
    ):
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_only_configured_origins_may_call(build: Build) -> None:
    house = await build(origins=("https://shop.example",))
    for origin, allowed in (("https://shop.example", True), ("https://evil.example", False)):
        answer = await house.client.options(
            "/v1/conversations",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,idempotency-key",
            },
        )
        assert ("Access-Control-Allow-Origin" in answer.headers) is allowed
    closed = await build()
    answer = await closed.client.get("/healthz", headers={"Origin": "https://shop.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/nothing", 404), ("PUT", "/v1/conversations", 405)]
)
async def test_unknown_routes_are_problems(house: House, method: str, path: str, status: int) -> None:
    answer = await house.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_pictures_of_the_demo_s_products_are_served_in_the_demo_only(build: Build) -> None:
    demo, live = await build(demo=True), await build()
    answer = await demo.client.get("/demo/pictures/merino-crew-blue.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.text.startswith("<svg ")
    for missing in ("merino-crew-gold", "..%2f..%2fserver", "%3Cscript%3E"):
        assert (await demo.client.get(f"/demo/pictures/{missing}.svg")).status_code == 404
    assert (await live.client.get("/demo/pictures/merino-crew-blue.svg")).status_code == 404
