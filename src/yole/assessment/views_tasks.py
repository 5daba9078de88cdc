"""Hands-on tasks: the list, an exercise, what it sends, the oral version and the desk."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from yole.assessment import selectors, services_tasks, tasks_files, tasks_oral, tasks_pages, tasks_selectors, tasks_words
from yole.assessment.enums import Task
from yole.assessment.models import CODE_LENGTH
from yole.assessment.permissions_tasks import RECORD_TASK, SEE_TASKS
from yole.assessment.tasks_content import CONTENT
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.kernel.codes import clean_code, is_code, show_code
from yole.organisations import throttle
from yole.organisations.requests import account_of

RUNS_PER_NETWORK = 300  # a class of 30 people behind one address, in 15 minutes
WRONG_CODES = 10
BODY_MOST = 64 * 1024


def _task(name: str) -> Task:
    if name not in Task.values:
        raise Http404
    return Task(name)


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The six exercises. With the code of a diagnosis in the address, their results join it; the code is checked when they arrive."""
    typed = request.GET.get("code", "")
    code = clean_code(typed) if is_code(clean_code(typed), CODE_LENGTH) else ""
    context = {
        "rows": [(task, task.label, tasks_words.INTRO[task]) for task in Task],
        "code": code,
        "shown_code": show_code(code),
        "typed": typed[:20],
        "wrong": bool(typed) and not code,
        "version": tasks_files.TASKS.version,
    }
    return render(request, "assessment/tasks/list.html", context, status=422 if context["wrong"] else 200)


@require_safe
def task(request: HttpRequest, task: str) -> HttpResponse:
    """An exercise. The page is the same for everybody: the code of a diagnosis stays in its address."""
    found = _task(task)
    context = {"task": found, "intro": tasks_words.INTRO[found], "data": tasks_pages.task_data(found), "version": tasks_files.TASKS.version}
    return render(request, "assessment/tasks/task.html", context)


@require_GET
def script(request: HttpRequest, version: str, name: str) -> HttpResponse:
    return tasks_files.TASKS.script(version, name)


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    return tasks_files.service_worker()


@csrf_exempt
@require_POST
def deliveries(request: HttpRequest) -> HttpResponse:
    """A run done in a page: {"uuid", "task", "acts": [[act, ms], …], "code"}; answers {"uuid", "score"}, or {"reason"} with a 4xx.

    Nobody's session is used, so there is nothing to forge: what lets a run join a diagnosis is the code in it.
    """
    try:
        run = services_tasks.receive(**_sent(request))
    except Refused as refused:
        if refused.code == "unknown-code":
            throttle.count("diagnostic", throttle.client_address(request))
        return JsonResponse({"reason": refused.reason}, status=refused.status)
    return JsonResponse({"uuid": str(run.uuid), "score": run.score})


def _sent(request: HttpRequest) -> dict[str, Any]:
    address = throttle.client_address(request)
    if throttle.counted("exercise", address) >= RUNS_PER_NETWORK or throttle.counted("diagnostic", address) >= WRONG_CODES:
        raise Refused(_("Trop d’envois d’ici. Attendez 15 minutes."), code="throttled", status=429)
    throttle.count("exercise", address)
    unreadable = Refused(_("Le relevé de cet exercice est illisible."), code="unreadable", status=400)
    if request.content_type != "application/json" or len(request.body) > BODY_MOST:
        raise unreadable
    try:
        sent = json.loads(request.body)
        acts = [(str(act), ms) for act, ms in sent["acts"]]
        found = {"uuid": UUID(sent["uuid"]), "task": str(sent["task"]), "acts": acts, "code": str(sent.get("code") or "")[:20]}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise unreadable from error
    if any(type(ms) is not int for _act, ms in acts):
        raise unreadable
    return found


@staff_page(RECORD_TASK)
@require_http_methods(FORM)
def oral(request: HttpRequest, task: str) -> HttpResponse:
    """The oral version: the story to read aloud, and what the person did, ticked."""
    found = _task(task)
    asked = request.POST if request.method == "POST" else request.GET
    variant = _number(asked.get("variant", "0"), len(CONTENT[found])) or 0
    questions = tasks_oral.ORAL[found]
    ticked = [_number(request.POST.get(f"q{n}", ""), len(question.ticks)) for n, question in enumerate(questions)]
    error: Refused | None = None
    if request.method == "POST":
        try:
            run = services_tasks.record(
                account_of(request),
                _uuid(request.POST.get("uuid", "")),
                found,
                variant,
                [-1 if tick is None else tick for tick in ticked],
                code=request.POST.get("code", ""),
                hints=_number(request.POST.get("hints", "0"), tasks_oral.HINTS_MOST + 1) or 0,
                together=request.POST.get("together") == "1",
            )
        except Refused as refused:
            if refused.status == 403:
                raise
            error = refused
        else:
            messages.success(request, f"« {found.label} » est noté : {str(tasks_words.SCORES[run.score]).lower()}.")
            return redirect(f"{request.path}?variant={variant}")
    context = {
        "task": found,
        "variant": CONTENT[found][variant],
        "number": variant,
        "birth": date.fromisoformat(CONTENT[found][variant]["card"]["date"]) if found == Task.FORM else None,
        "variants": [(n, n + 1) for n in range(len(CONTENT[found]))],
        "rows": [
            (f"q{n}", question.label, [(at, tick.label, at == ticked[n]) for at, tick in enumerate(question.ticks)])
            for n, question in enumerate(questions)
        ],
        "error": error,
        "uuid": request.POST.get("uuid") or uuid4(),
        "code": request.POST.get("code", "")[:20],
        "hints": request.POST.get("hints", "0"),
        "together": request.POST.get("together") == "1",
    }
    return render(request, "assessment/tasks/oral.html", context, status=422 if error else 200)


def _number(text: str, most: int) -> int | None:
    """A position under `most`, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) < most else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("Rechargez la page, puis cochez de nouveau.", code="unreadable") from None


@staff_page(SEE_TASKS)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Runs of the territory or the structure, without names; those of one diagnosis when its code is given."""
    account = account_of(request)
    typed = request.GET.get("code", "")
    sitting = selectors.by_code(typed) if typed else None
    if sitting is not None and sitting.territory_id != account.territory_id:
        sitting = None
    context = {
        "counts": tasks_selectors.counts(account),
        "lines": tasks_selectors.of_sitting(sitting) if sitting else tasks_selectors.recent(account),
        "sitting": sitting,
        "typed": typed[:20],
        "unknown": bool(typed) and sitting is None,
        "oral": [(one, one.label) for one in Task] if may(account, RECORD_TASK) else [],
    }
    return render(request, "assessment/tasks/desk.html", context)
