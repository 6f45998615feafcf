"""``ess-lod load``: put a release into the engine that will answer from it, with a bar that shows how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from ess_lod.config import Settings
from ess_lod.errors import ConfigError
from ess_lod.release import Release, open_release


@click.command()
@click.argument("version", required=False)
@click.option("--to", "url", help="Point d'accès SPARQL où charger (ESS_LOD_STORE par défaut).")
@click.option("--graphs", help="Son graph store, s'il n'est pas à l'endroit habituel (ESS_LOD_GRAPHS par défaut).")
@click.pass_obj
def load(settings: Settings, version: str | None, url: str | None, graphs: str | None) -> None:
    """Charge VERSION (ou la version publiée) dans le moteur qui répondra."""
    load_release(settings, open_release(settings.releases, version), url, graphs)


def load_release(settings: Settings, release: Release, url: str | None = None, graphs: str | None = None) -> None:
    """Verify a release, load it into the engine of the settings, or into another, and say what was done.

    Raises :class:`ess_lod.errors.CorruptRelease`, :class:`ConfigError` and :class:`ess_lod.errors.EngineBroken`, in French.
    """
    release.verify(settings.record_of(release.version))
    engine = url or settings.store
    if engine == "oxigraph:":
        _load_embedded(settings, release)
    elif engine.startswith(("http://", "https://")):
        _load_remote(settings, release, engine, graphs or ("" if url else settings.graphs))
    else:
        raise ConfigError(
            f"Moteur inconnu : « {engine} ». Donner oxigraph: ou l'adresse d'un point d'accès SPARQL (--to ou ESS_LOD_STORE)."
        )


def _load_embedded(settings: Settings, release: Release) -> None:
    from ess_lod.store.embedded import load_index

    begun = time.monotonic()
    made = False

    def making(done: int, total: int) -> None:
        nonlocal made
        made = True
        show(done, total)

    with _bar(release.version) as show:
        folder = load_index(release, settings.indexes, making)
    quads = sum(release.manifest["counts"]["graphs"].values())
    done = f"chargée en {_seconds(time.monotonic() - begun)}" if made else "déjà chargée"
    click.echo(f"Version {release.version} {done} : {_number(quads)} quads, dans {folder}.")


def _load_remote(settings: Settings, release: Release, url: str, graphs: str) -> None:
    from ess_lod.store.loading import Place, load_remote

    with _bar(release.version) as show:
        loaded = load_remote(release, Place(url, graphs, settings.store_user, settings.store_password), show)
    done = f"chargée en {_seconds(loaded.seconds)}" if loaded.fresh else "déjà chargée"
    click.echo(f"Version {release.version} {done} : {_number(loaded.quads)} quads dans {loaded.graphs} graphes, {loaded.engine} ({url}).")


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that does not go into a file or a pipe."""
    with click.progressbar(length=1, label=label, file=sys.stderr, width=30) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s".replace(".", ",")
