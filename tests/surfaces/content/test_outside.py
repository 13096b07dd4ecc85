"""The outside address: links start with what clients can reach, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from hal_delivery.app import create_app
from hal_delivery.bootstrap import Services
from hal_delivery.settings import Settings
from tests.surfaces.content.place import Place, hrefs
from tests.surfaces.problems import problem


@contextmanager
def served(settings: Settings, services: Services, **said: str) -> Iterator[FlaskClient]:
    """The demo under other settings."""
    environ = {f"HAL_DELIVERY_{name}": value for name, value in said.items()}
    folder: Path = settings.data_dir
    found = Settings.from_env({"HAL_DELIVERY_DATA_DIR": str(folder), **environ})
    yield create_app(found, services).test_client(use_cookies=False)


def start(client: FlaskClient, headers: Mapping[str, str], peer: str = "127.0.0.1") -> str:
    """What the links of a list start with."""
    answer = client.get(
        "/site/api/documents/", headers=headers, environ_overrides={"REMOTE_ADDR": peer}
    )
    assert answer.status_code == 200, answer.data
    found = {one.partition("/site/api/")[0] for one in hrefs(answer.get_json())}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1:65535", "[::1]", "[::1]:80", "LOCALHOST"]
)
def test_links_follow_a_known_host(client: FlaskClient, host: str) -> None:
    """On any port, links start with the host that was asked, if it is a known one."""
    assert start(client, {"Host": host}) == f"http://{host}"


UNKNOWN = (
    "evil.example", "localhost.evil.example", "evil.example:80", "localhost:x", "localhost:99999",
    "localhost:", "a@localhost", "localhost/x", "localhost?x", "localhost#x", "localhost evil",
    "[::2]", "[::1", "::1", "127.0.0.1.nip.io", "local\u212aost", "localhost,evil", "%6cocalhost",
    "x" * 5000, "<script>", '"', "\\",
)  # fmt: skip


@pytest.mark.parametrize("host", UNKNOWN)
def test_another_host_is_refused(client: FlaskClient, host: str) -> None:
    """A host nobody vouched for comes into no link: a 400 that names the setting."""
    answer = client.get("/site/api/documents/", headers={"Host": host.encode().decode("latin-1")})
    told = problem(answer, 400)

    assert told["code"] == "unknown_host"
    assert "HAL_DELIVERY_HOSTS" in told["detail"]
    assert not [one for one in hrefs(told) if "evil" in one]
    assert "evil" not in told["type"]


def test_no_host_at_all_is_refused(client: FlaskClient) -> None:
    """A request that names no host is refused as well."""
    answer = client.get("/site/api/", headers={"Host": ""})

    assert problem(answer, 400)["code"] == "unknown_host"


def test_health_is_told_to_whatever_host(client: FlaskClient) -> None:
    """Whoever watches the service asks by address."""
    for address in ("/healthz", "/readyz", "/metrics"):
        assert client.get(address, headers={"Host": "10.1.2.3:9999"}).status_code == 200


HEADERS = (
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-Server": "evil.example", "X-Host": "evil.example", "X-Original-Host": "evil"},
    {"X-Original-URL": "/preview/api/", "X-Rewrite-URL": "/preview/api/"},
    {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "PUT", "X-HTTP-Method": "POST"},
    {"Base-Url": "http://evil.example", "X-Forwarded-Scheme": "evil", "X-Url-Scheme": "evil"},
    {"Accept-Language": "nl", "Cookie": "locale=nl; session=1", "User-Agent": "evil"},
    {"X-Request-Id": "evil\u00e9", "Via": "1.1 evil", "Referer": "http://evil.example/"},
    {"Front-End-Https": "on", "X-Forwarded-Ssl": "on", "Transfer-Encoding": "identity"},
)


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("at", ["/documents/", "/folders/blog", "/", "/documents/nosuch"])
def test_no_other_header_changes_an_answer(site: Place, at: str, headers: dict[str, str]) -> None:
    """What a cache does not look at changes neither body nor headers."""
    plain, sent = site.get(at), site.client.get(f"{site.base}{at}", headers=headers)

    def told(body: str) -> str:
        return body.partition('"requestId"')[0]

    assert told(sent.text) == told(plain.text)
    assert {**sent.headers, "X-Request-Id": ""} == {**plain.headers, "X-Request-Id": ""}


def test_a_public_url_is_what_links_start_with(settings: Settings, services: Services) -> None:
    """With a public URL, whatever host is asked, links start with that URL, path and all."""
    with served(settings, services, PUBLIC_URL="https://www.example.org/cms/") as client:
        for host in ("localhost", "evil.example", "10.0.0.1:80"):
            assert start(client, {"Host": host}) == "https://www.example.org/cms"


@pytest.mark.parametrize("page", ["docs/", "rels/documents", "problems/not_found"])
def test_pages_fetch_their_style_sheet_below_the_public_url(
    settings: Settings, services: Services, page: str
) -> None:
    """A proxy that serves us below a path leads to the sheet as well."""
    public = "https://www.example.org/cms"
    with served(settings, services, PUBLIC_URL=public) as client:
        (found,) = re.findall(
            "rel='stylesheet' href='([^']*)'", client.get(f"/site/api/{page}").text
        )
        sheet = client.get(found.removeprefix(public))

    assert found.startswith(f"{public}/")
    assert (sheet.status_code, sheet.mimetype) == (200, "text/css")


PROXIED = (
    ({"X-Forwarded-Host": "www.example.org"}, "http://www.example.org"),
    (
        {"X-Forwarded-Host": "www.example.org", "X-Forwarded-Proto": "https"},
        "https://www.example.org",
    ),
    ({"X-Forwarded-Proto": "https"}, "https://localhost"),
    # What a client sent itself stands before what the nearest proxy said.
    ({"X-Forwarded-Host": "evil.example, www.example.org"}, "http://www.example.org"),
    ({"X-Forwarded-Proto": "https, http"}, "http://localhost"),
    ({"X-Forwarded-Proto": "javascript"}, "http://localhost"),
    ({"X-Forwarded-Host": "", "X-Forwarded-Proto": ""}, "http://localhost"),
)


@pytest.mark.parametrize(("headers", "expected"), PROXIED)
def test_a_trusted_proxy_is_believed(
    settings: Settings, services: Services, headers: dict[str, str], expected: str
) -> None:
    """From a trusted peer, the last word of its headers counts, for hosts that are known."""
    said = {"TRUSTED_PROXIES": "10.0.0.0/8", "HOSTS": "localhost,www.example.org"}
    with served(settings, services, **said) as client:
        assert start(client, headers, peer="10.1.2.3") == expected
        assert start(client, headers, peer="192.0.2.1") == "http://localhost"


def test_a_trusted_proxy_cannot_name_an_unknown_host(
    settings: Settings, services: Services
) -> None:
    """Forwarded hosts have to be known like any other."""
    with served(settings, services, TRUSTED_PROXIES="10.0.0.0/8") as client:
        answer = client.get(
            "/site/api/",
            headers={"X-Forwarded-Host": "evil.example"},
            environ_overrides={"REMOTE_ADDR": "10.0.0.1"},
        )
        assert problem(answer, 400)["code"] == "unknown_host"


@pytest.mark.parametrize("sent", ["abc-123", "A.b_c:9", "a" * 64])
def test_a_request_id_is_said_back(site: Place, sent: str) -> None:
    """An id of a plain form is the client's own, on answers and in problems."""
    assert site.get("/", X_Request_Id=sent).headers["X-Request-Id"] == sent
    assert problem(site.get("/nosuch/", X_Request_Id=sent))["requestId"] == sent


@pytest.mark.parametrize(
    "sent", ["a" * 65, "<script>", "a b", "\u00e9", '"', "a;b", "%0d%0aX: y", "", "{0}", "a\tb"]
)
def test_a_request_id_of_another_form_is_replaced(site: Place, sent: str) -> None:
    """What could be mistaken for anything else is not repeated."""
    found = site.get("/", X_Request_Id=sent).headers["X-Request-Id"]

    assert found != sent
    assert found.isalnum()
