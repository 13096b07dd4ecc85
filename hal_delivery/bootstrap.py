"""Composition: from settings to services, the only place that knows them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

from marshmallow import ValidationError
from sqlalchemy.exc import DatabaseError

from content_repo.errors import DatabaseUnavailable
from content_repo.model import Side
from content_repo.repository import Repository
from hal_delivery import logs
from hal_delivery.auth.tokens import TokenSigner
from hal_delivery.hooks import hook
from hal_delivery.mounts import Mount, MountError, load_mounts
from hal_delivery.services.delivery import Delivery
from hal_delivery.settings import Settings, StartError, nearest, without_password
from hal_delivery.surfaces.content.serializers.kept import FieldsRenderer
from hal_delivery.web.vocabulary import VOCABULARY
from search_index import WhooshIndex

DEMO: Final = Path(__file__).parents[1] / "examples" / "demo"

#: Changes of a whole repository whose indexes are made, or brought in step, before connections
#: are accepted, so that a newcomer's first search is answered; a second or two.  What may take
#: longer happens beside the workers, which answer meanwhile.
MOST_CHANGES_AT_START: Final = 500


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the HTTP side is made of."""

    repository: Repository
    indexes: Mapping[Side, WhooshIndex]
    deliveries: Mapping[Mount, Delivery]
    signer: TokenSigner

    def readiness(self) -> dict[str, object]:
        """How far each index has come, and what keeps requests from being answered."""
        try:
            committed = self.repository.committed_position()
        except DatabaseUnavailable as problem:
            return {"status": "unready", "problems": [str(problem)]}
        lag = {side.value: committed - index.reached for side, index in self.indexes.items()}
        problems = [
            f"The {side.value} index is being built: searches and lists are answered with 503 "
            "until then, look-ups by path and id as ever."
            for side, index in self.indexes.items()
            if not index.is_available
        ]
        status = "unready" if problems else "ready"
        return {"status": status, "position": committed, "lag": lag, "problems": problems}

    def statuses(self) -> list[Mapping[str, Any]]:
        """How each index is."""
        return [index.status() for index in self.indexes.values()]

    def close(self) -> None:
        for index in self.indexes.values():
            index.close()
        self.repository.close()


def build_services(
    settings: Settings, *, migrate: bool = True, serving: bool = False, columns: bool = True
) -> Services:
    """Open the repository and its indexes; each process opens its own.

    Without *columns* the same is found slowly: see :mod:`search_index.columns`.
    """
    mounts = _checked(load_mounts(settings.config, required=_names_config(settings)))
    renderer = FieldsRenderer()
    repository = Repository.open(
        settings.database_url,
        settings.data_dir,
        migrate=migrate,
        renderer=renderer,
    )
    indexes = {
        side: WhooshIndex(
            settings.data_dir / "index" / side.value,
            side,
            repository,
            # Nobody else can say what a text without a locale is written in.
            language=mounts[0].default_locale,
            columns=columns,
        )
        for side in Side
    }
    if serving:
        for index in indexes.values():
            index.open()
    deliveries = {
        mount: Delivery(
            mount,
            repository,
            indexes[mount.side],
            renderer,
            [hook(settings.config, one) for one in mount.processors],
        )
        for mount in mounts
    }
    return Services(repository, indexes, deliveries, TokenSigner.load_or_create(settings.data_dir))


def _names_config(settings: Settings) -> bool:
    """Whether the operator named a file of mounts, instead of leaving it to the data folder."""
    return settings.config != settings.data_dir / "hal-delivery.toml"


def _checked(mounts: tuple[Mount, ...]) -> tuple[Mount, ...]:
    """Refuse a mount whose parameters the vocabulary does not have.

    Told at the start: a client would be blamed for them at every request.
    """
    for mount in mounts:
        for name in (*mount.default_parameters, *mount.parameter_aliases.values()):
            if name not in VOCABULARY:
                raise MountError(
                    f"Mount {mount.name}: {name} is no parameter. {nearest(name, VOCABULARY)}"
                )
        for name, value in mount.default_parameters.items():
            try:
                VOCABULARY[name].field.deserialize(value)
            except ValidationError as problem:
                raise MountError(
                    f"Mount {mount.name}: the default {name}={value} cannot be: "
                    f"{problem.messages[0]}."
                ) from None
    return mounts


def prepare(settings: Settings, *, demo: bool) -> None:
    """Do once what the workers need done: schema, demo, indexes.

    Leaves nothing open, so that workers can be forked.
    """
    with _naming_the_folder(settings):
        _prepare(settings, demo=demo)


@contextmanager
def _naming_the_folder(settings: Settings) -> Iterator[None]:
    """Say of every failure which folder or database cannot be used."""
    try:
        yield
    except OSError as error:
        raise StartError(
            f"The data folder {settings.data_dir} cannot be used: {error.strerror} "
            f"({error.filename})."
        ) from None
    except DatabaseError as error:
        url = without_password(settings.database_url)
        raise StartError(f"The database {url} cannot be used: {error.orig}.") from None


@contextmanager
def opened_services(settings: Settings) -> Iterator[Services]:
    """The services of a command, in a data folder that is made if it is not there."""
    logs.configure(settings.log_level, settings.log_format)
    with _naming_the_folder(settings):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        services = build_services(settings)
    with closing(services):
        yield services


def _prepare(settings: Settings, *, demo: bool) -> None:
    # Drafts are in it: other users of the machine have no business there.
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if demo:
        _require_demo()
        if not settings.config.exists():
            copyfile(DEMO / "hal-delivery.toml", settings.config)
    with closing(build_services(settings)) as services:
        if demo:
            _load_demo(services.repository)
        services.repository.keep_fields()
        if services.repository.committed_position() <= MOST_CHANGES_AT_START:
            for index in services.indexes.values():
                index.catch_up()


def _require_demo() -> None:
    if not DEMO.is_dir():
        raise StartError(f"The demo content is not at {DEMO}; it comes with the source tree.")


def _load_demo(repository: Repository) -> None:
    # Only here: a service of somebody's own content has no need to read YAML.
    from content_repo import seed

    seed.load(repository, DEMO)
