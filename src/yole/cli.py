"""The `yole` command. A room's commands are imported only when one of them is called."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer import Abort, Exit
from typer._click.exceptions import BadParameter, ClickException, MissingParameter, NoArgsIsHelpError, NoSuchOption, UsageError
from typer.core import TyperGroup
from typer.main import get_command

from yole.base.commandline import REFUSED, one_line
from yole.kernel.errors import InputError

# name -> (module, attribute, help). A Typer is a group of commands; a function is one command.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "serve": ("yole.base.runcommands", "serve", "Démarre la base de données, le site et le traitement des tâches."),
    "worker": ("yole.base.runcommands", "worker", "Traite les tâches de fond seules, sur une seconde machine."),
    "check": ("yole.base.runcommands", "check", "Vérifie la configuration, la base, le courriel et la fraîcheur des données."),
    "backup": ("yole.base.backupcommands", "backup", "Écrit une copie complète et vérifiable de la base et des fichiers."),
    "restore": ("yole.base.backupcommands", "restore", "Vérifie une copie, puis remplace la base et les fichiers par elle."),
    "retention": ("yole.base.runcommands", "retention", "Efface ce qui a dépassé sa durée de conservation."),
    "manage": ("yole.base.runcommands", "manage", "Commandes de Django, base de données démarrée (pour qui développe)."),
    "territory": ("yole.territory.cli", "app", "Communes, contours et réglages du territoire."),
    "accounts": ("yole.organisations.cli", "app", "Comptes des équipes : créer le premier compte."),
    "people": ("yole.people.cli", "app", "Personnes suivies : copie de leurs données, effacement, clés."),
    "journal": ("yole.journal.cli", "app", "Journal de preuve : vérifier, exporter, signer."),
    "places": ("yole.places.cli", "app", "Lieux de médiation : vérifier, importer, exporter."),
    "workshops": ("yole.workshops.cli", "app", "Ateliers : rappels, recomptage, exports."),
    "activities": ("yole.activities.cli", "app", "Activités : tables des statistiques."),
    "assessment": ("yole.assessment.cli", "app", "Diagnostic : calibrer, calculer des scores, simuler, chercher les questions injustes."),
    "debates": ("yole.debates.cli", "app", "Débats : ce que pense la salle, d'après les votes."),
    "passport": ("yole.passport.cli", "app", "Passeport numérique : délivrer et vérifier une attestation, sans réseau."),
    "events": ("yole.events.cli", "app", "Numérique en Commun : programme, échanges, documents."),
    "roadmap": ("yole.roadmap.cli", "app", "Feuille de route : export et import des engagements."),
    "rights": ("yole.rights.cli", "app", "Droits : ce qui est peut-être dû, la question qui reste utile, la fraîcheur des règles."),
    "rights-server": ("yole.rights.servercommands", "server", "Le calcul des droits seul, pour une autre machine."),
    "reference": ("yole.reference.cli", "app", "Fiches de démarches : import et recherche."),
    "deployment": ("yole.deployment.cli", "app", "Déploiement : où mettre conseillers, antennes et bus."),
    "advisers": ("yole.advisers.cli", "app", "Conseillers : rapprocher candidats et postes, et dire pourquoi."),
}


class House(TyperGroup):
    """The root group: knows the names of the rooms, imports one only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            module, attribute, help_text = COMMANDS[cmd_name]
            self.commands[cmd_name] = _load(cmd_name, module, attribute, help_text)
        return self.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commandes"):
            formatter.write_dl([(name, entry[2]) for name, entry in COMMANDS.items()])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)


def _load(name: str, module: str, attribute: str, help_text: str) -> Any:
    target = getattr(importlib.import_module(module), attribute)
    if isinstance(target, typer.Typer):
        command: Any = get_command(target)
    else:
        single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        passthrough = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []} if name == "manage" else None
        single.command(name=name, help=help_text, context_settings=passthrough)(target)
        command = get_command(single)
    command.name = name
    return command


def _in_french(error: UsageError) -> str:
    """One line for a usage error; the parser's own words (English) only where we have none."""
    if isinstance(error, NoSuchOption):
        near = f" ; vouliez-vous dire {' ou '.join(sorted(error.possibilities))} ?" if error.possibilities else ""
        return f"option inconnue « {error.option_name} »{near}"
    if isinstance(error, MissingParameter):
        param = error.param
        hint = "argument" if param is None else param.opts[0] if param.param_type_name == "option" else (param.name or "argument").upper()
        return f"il manque « {hint} »"
    text = " ".join((error.message if isinstance(error, BadParameter) else error.format_message()).split()).rstrip(".")
    for pattern, french in _PHRASES:
        text = re.sub(pattern, french, text)
    if isinstance(error, BadParameter):
        name = error.param.opts[0] if error.param is not None else error.param_hint or "argument"
        return f"valeur impossible pour « {name} » ({text})"
    return text


# The parser's own phrases, as far as our commands can meet them.
_PHRASES = (
    (r"^No such command '(.*)'.*", r"commande inconnue « \1 »"),
    (r"^Got unexpected extra argument(?:\(s\))? \((.*)\)$", r"argument en trop « \1 »"),
    (r"^Option '(.*)' requires an argument$", r"il manque la valeur de « \1 »"),
    (r"^Input should be a valid integer.*", "un nombre entier est attendu"),
    (r"^Input should be a valid number.*", "un nombre est attendu"),
    (r"^Input should be greater than or equal to (\S+)", r"au moins \1"),
    (r"^Input should be less than or equal to (\S+)", r"au plus \1"),
    (r"^Input should be ('.*)$", r"attendu : \1"),
)


_root = typer.Typer(
    cls=House,
    help="Yole : la plateforme ouverte de l'inclusion numérique d'un territoire.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@_root.callback(invoke_without_command=True)
def _house(ctx: typer.Context, version: bool = typer.Option(False, "--version", help="Affiche la version.")) -> None:
    if version:
        from yole import __version__

        print(__version__)
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
        raise typer.Exit


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; an error that a person can mend is one line on standard error."""
    command = get_command(_root)
    try:
        result = command.main(args=list(arguments) if arguments is not None else None, prog_name="yole", standalone_mode=False)
        return int(result) if isinstance(result, int) else 0
    except Exit as stop:
        return stop.exit_code
    except NoArgsIsHelpError as bare:
        print(bare.ctx.get_help() if bare.ctx else "")
        return REFUSED
    except InputError as error:
        print(one_line(error), file=sys.stderr)
        return REFUSED
    except UsageError as error:
        path = error.ctx.command_path if error.ctx else "yole"
        print(f"{path} : {_in_french(error)}. Aide : {path} --help", file=sys.stderr)
        return REFUSED
    except ClickException as error:
        print(f"yole : {' '.join(error.format_message().split())}", file=sys.stderr)
        return REFUSED
    except (Abort, KeyboardInterrupt):
        print("yole : interrompu.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`yole … | head`): nothing more to say, and no traceback at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def main() -> None:
    sys.exit(run())
