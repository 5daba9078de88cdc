"""`yole rights-server`: the rules resident in one process, asked over HTTP on loopback. It keeps nothing: no file, no journal, no log of
what it was asked."""

from __future__ import annotations

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any

import numpy as np
import typer

from yole.base.commandline import note
from yole.kernel.errors import InputError
from yole.rights import batch, openfisca, parameters, situation
from yole.rights.engine import completions
from yole.rights.evaluation import Engine

MOST_BYTES = 256 * 1024
PATIENCE = 20.0  # seconds that a first question waits for the rules to be loaded
MOST_SCREEN_BYTES = 4 * 1024 * 1024
MOST_TRACED = 40  # completions of an incomplete situation whose computation is followed
DEFAULT_PORT = 8765


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    engine: Engine
    ready: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody who no longer waits for the answer is no event to write down."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "yole-rights"
    sys_version = ""
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the library's parameter
        """Nothing of a request is written anywhere."""

    def answer(self, status: int, value: Any) -> None:
        body = json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/health":
            self.answer(200, {"ready": self.server.ready.is_set(), "engine": openfisca.versions()})
        elif self.path == "/freshness":
            states = self.server.engine.states(date.today())
            self.answer(200, [state.as_json() for state in states.values()])
        else:
            self.answer(404, {"message": "adresse inconnue"})

    def do_POST(self) -> None:
        most = MOST_SCREEN_BYTES if self.path == "/screen" else MOST_BYTES
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > most:
            self.close_connection = True
            self.answer(413, {"message": "demande trop grande"})
            return
        body = self.rfile.read(int(length))
        if not self.server.ready.wait(PATIENCE):
            self.answer(503, {"message": "le calcul se prépare ; réessayez dans une minute"})
            return
        try:
            asked = json.loads(body)
            if self.path == "/step":
                self.answer(200, step(self.server.engine, asked["situation"], explained=bool(asked.get("explained"))))
            elif self.path == "/parameters":
                self.answer(200, read_parameters(self.server.engine, asked["situation"]))
            elif self.path == "/screen":
                self.answer(200, screen(self.server.engine, asked["csv"]))
            else:
                self.answer(404, {"message": "adresse inconnue"})
        except InputError as error:
            self.answer(400, {"message": error.one_line()})
        except (ValueError, KeyError, TypeError):
            self.answer(400, {"message": "demande illisible"})
        except openfisca.RulesError as error:
            # What went wrong names variables of the rules, never an answer of the person.
            self.answer(500, {"message": f"le calcul a échoué : {error}"})


def step(engine: Engine, value: Any, *, explained: bool) -> dict[str, Any]:
    """Verdicts and next question of a situation, from one run."""
    household = situation.parse(value)
    [each] = engine.assess([household], explained=explained)
    return {"result": engine.as_json(each, date.today()), "next": engine.question_of(each, date.today())}


def read_parameters(engine: Engine, value: Any) -> dict[str, Any]:
    """The values of the law behind a situation, by benefit; over some of its completions when answers are missing."""
    each = completions.design(situation.parse(value), engine.priors)
    rows = each.rows.take(np.arange(min(len(each.rows), MOST_TRACED)))
    return parameters.as_json(parameters.read(engine.rules, rows.cohort(), each.household.month))


def screen(engine: Engine, text: str) -> list[list[Any]]:
    """Result rows of a pseudonymous list, as `yole rights screen` writes them."""
    import io

    known = list(batch.lines(io.StringIO(text), "liste"))
    return [row for block in batch.screen(engine, iter(known), date.today()) for row in block]


def make_server(host: str, port: int, engine: Engine | None = None) -> _Server:
    """A server that listens, its rules loading in the background. Port 0 takes a free one."""
    try:
        made = _Server((host, port), _Handler)
    except OSError:
        raise InputError(f"le port {port} est déjà pris", expected="un autre port avec --port") from None
    made.engine, made.ready = engine or Engine(), threading.Event()

    def load() -> None:
        made.engine.warm(f"{date.today():%Y-%m}")
        made.ready.set()

    threading.Thread(target=load, name="rules", daemon=True).start()
    return made


def server(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port d'écoute.")] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="Adresse d'écoute ; hors de la machine, derrière un réseau privé seulement.")] = "127.0.0.1",
) -> None:
    openfisca.require()
    made = make_server(host, port)
    note(f"Calcul des droits : http://{host}:{port}   (rien n'est conservé)")
    try:
        made.serve_forever()
    except KeyboardInterrupt:
        note("Calcul des droits : arrêté.")
    finally:
        made.server_close()
