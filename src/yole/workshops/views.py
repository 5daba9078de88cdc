"""What anybody sees: the list of workshops, the calendar, a programme, a session with its enrolment form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yole.base import typography
from yole.base.answers import FORM
from yole.base.components import Tab
from yole.base.errors import Refused
from yole.base.forms import with_value
from yole.base.memo import remember
from yole.base.permissions import may
from yole.kernel.periods import month_index, month_name
from yole.places.models import Place, Stop
from yole.territory import selectors as territory_selectors
from yole.territory.requests import territory_of
from yole.workshops import mine, permissions, selectors, services_enrolment, wording
from yole.workshops.enums import Kind, SessionState
from yole.workshops.forms import EnrolForm, FilterForm
from yole.workshops.models import Programme, Session
from yole.workshops.selectors import Filters, SessionRow

SPANS = {"jour": "day", "semaine": "week", "mois": "month"}
KEPT_SECONDS = 3.0
COMING = 200  # sessions of a programme that its pages may name
DATES_OFFERED = 8
DEFAULT_KM = 10.0
THEMES_SECONDS = 60


def page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def pages_of(found: selectors.Page, size: int = selectors.PAGE) -> Page[Any]:
    """The page as the pagination component reads it."""
    return Paginator(range(found.total), size).get_page(found.number)


def read_filters(form: FilterForm) -> tuple[Filters, territory_selectors.SearchOutcome | None]:
    """The filters that are right, and what the search of the commune gave when one was typed."""
    form.is_valid()
    data = form.cleaned_data
    outcome = territory_selectors.search_communes(data["pres"]) if data.get("pres") else None
    near = None
    if outcome and outcome.place and outcome.place.lat is not None and outcome.place.lon is not None:
        near = (outcome.place.lat, outcome.place.lon)
    chosen = Filters(
        theme=data.get("theme") or "",
        audience=data.get("public") or "",
        language=data.get("langue") or "",
        day=data.get("jour"),
        weekday=int(data["semaine"]) if data.get("semaine") else None,
        places_left=bool(data.get("libre")),
        text=data.get("q") or "",
        insee_code=outcome.place.code if outcome and outcome.place and near is None else "",
        near=near,
        within_km=float(data.get("km") or DEFAULT_KM),
    )
    return chosen, outcome


def _filter_form(request: HttpRequest) -> FilterForm:
    territory = territory_of(request)
    # Read over all sessions to come, and the same for everybody: kept for a minute.
    themes = cache.get_or_set(f"workshops.themes.{territory.pk}", lambda: selectors.filter_choices(territory)["themes"], THEMES_SECONDS)
    return FilterForm(request.GET or {}, themes=themes, auto_id="f_%s")


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    territory = territory_of(request)
    form = _filter_form(request)
    chosen, outcome = read_filters(form)
    lost = outcome is not None and outcome.place is None
    number = page_number(request)
    # The same for everybody; the page of a session always reads its places again.
    found = remember(
        ("workshops", territory.pk, chosen, number), KEPT_SECONDS, lambda: selectors.public_sessions(territory, chosen, page=number)
    )
    context = {
        "form": form,
        "filters_used": form.chosen,
        "outcome": outcome,
        "lost": lost,
        "found": found,
        "page": pages_of(found),
        "tabs": wording.spans(reverse("workshops:calendar"), "", territory_selectors.today(), _tab_labels(), reverse("workshops:list")),
        "next_anywhere": selectors.upcoming_sessions(territory, 3) if not found.total else [],
    }
    return render(request, "workshops/list.html", context)


def _tab_labels() -> tuple[str, str, str, str]:
    return _("Jour"), _("Semaine"), _("Mois"), _("Liste")


def read_day(text: str, today: date) -> date:
    """A day of an address; today for anything else, and never out of what calendars can show."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if 2000 <= day.year <= 2100 else today


def steps_of(span: str, day: date) -> tuple[date, date]:
    """The days that « before » and « after » lead to."""
    if span == "month":
        first = day.replace(day=1)
        return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)
    length = 7 if span == "week" else 1
    return day - timedelta(days=length), day + timedelta(days=length)


def span_title(span: str, day: date) -> str:
    """« jeudi 26 novembre 2026 », « Semaine du 23 novembre 2026 », « Novembre 2026 »."""
    if span == "day":
        return typography.day(day, year=True).capitalize()
    if span == "week":
        return _("Semaine du %(day)s") % {"day": typography.day(day - timedelta(days=day.weekday()), year=True, weekday=False)}
    return month_name(month_index(day)).capitalize()


def calendar_context(days: list[selectors.Day], span: str, day: date, base: str, query: str) -> dict[str, Any]:
    """What the calendar template needs: weeks of days, addresses of before, after and today."""
    before, after = steps_of(span, day)
    key = next(name for name, value in SPANS.items() if value == span)
    return {
        "span": span,
        "day": day,
        "title": span_title(span, day),
        "weeks": [days[i : i + 7] for i in range(0, len(days), 7)],
        "days": days,
        "total": sum(one.total for one in days),
        "before_url": f"{base}?{query}vue={key}&jour={before:%Y-%m-%d}",
        "after_url": f"{base}?{query}vue={key}&jour={after:%Y-%m-%d}",
        "today_url": f"{base}?{query}vue={key}",
        "day_url": f"{base}?{query}vue=jour&jour=",
        "vue": key,
        "weekdays": typography.DAYS,
        "today": territory_selectors.today(),
    }


@require_safe
def calendar_page(request: HttpRequest) -> HttpResponse:
    territory = territory_of(request)
    vue = request.GET.get("vue", "mois")
    span = SPANS.get(vue, "month")
    today = territory_selectors.today()
    day = read_day(request.GET.get("jour", ""), today)
    base = reverse("workshops:calendar")
    form = _filter_form(request)
    chosen, _outcome = read_filters(form)
    kept = {name: request.GET[name] for name in ("theme", "public", "langue", "libre") if request.GET.get(name)}
    narrowed = Filters(theme=chosen.theme, audience=chosen.audience, language=chosen.language, places_left=chosen.places_left)
    query = urlencode(kept) + "&" if kept else ""
    days = selectors.calendar(territory, span, day, chosen=narrowed)
    tabs: list[Tab] = wording.spans(base, query, day, _tab_labels(), reverse("workshops:list"))
    return render(request, "workshops/calendar.html", {**calendar_context(days, span, day, base, query), "tabs": tabs, "kept": kept})


def _programme(request: HttpRequest, slug: str) -> Programme:
    """A published programme; a draft too for the team."""
    staff = may(request.user, permissions.SEE)
    found = selectors.programme(territory_of(request), slug, public=not staff)
    if found is None:
        raise Http404
    return found


@require_safe
def programme_page(request: HttpRequest, slug: str) -> HttpResponse:
    programme = _programme(request, slug)
    staff = may(request.user, permissions.SEE) and getattr(request.user, "territory_id", None) == programme.territory_id
    context: dict[str, Any] = {
        "programme": programme,
        "rows": selectors.sessions_of_programme(programme),
        "cohorts": selectors.cohorts_of_programme(programme),
        "staff": staff,
    }
    if staff:
        from yole.workshops.selectors_desk import opinions

        context["opinions"] = opinions(programme)
    return render(request, "workshops/programme.html", context)


def published_session(request: HttpRequest, pk: int) -> tuple[Session, SessionRow]:
    territory = territory_of(request)
    found, row = selectors.session(territory, pk), selectors.session_row(territory, pk)
    if found is None or row is None or not (row.published or may(request.user, permissions.SEE)):
        raise Http404
    return found, row


def _dates(row: SessionRow, coming: list[SessionRow]) -> list[SessionRow]:
    """The dates that the form offers: this one first asked for, then the others of the programme; one per cohort."""
    if row.kind == Kind.DROP_IN and row.capacity_id is None:
        return []
    offered: dict[int, SessionRow] = {row.capacity_id or 0: row} if row.open_to_public else {}
    for other in coming:
        if len(offered) >= DATES_OFFERED:
            break
        if other.open_to_public and other.kind == row.kind and other.capacity_id:
            offered.setdefault(other.capacity_id, other)
    return sorted(offered.values(), key=lambda one: (one.starts_at, one.pk))


@require_http_methods(FORM)
def session_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A session and its form. A full date says so before anything is sent: somebody who picks it without having read it is asked again."""
    found, row = published_session(request, pk)
    coming = selectors.sessions_of_programme(found.programme, limit=COMING)
    dates = _dates(row, coming)
    by_pk = {str(one.pk): one for one in dates}
    full = ",".join(str(one.pk) for one in dates if one.is_full)
    form, asked, status = None, row, 200
    if request.method == "POST":
        form = EnrolForm(request.POST, dates=dates, auto_id="e_%s")
        asked = by_pk.get(request.POST.get("date", ""), row)
        shown = set(request.POST.get("seen_full", "").split(","))
        if form.is_valid():
            asked = by_pk[form.cleaned_data["date"]]
            if asked.is_full and str(asked.pk) not in shown:
                form.data = with_value(form.data, "seen_full", f"{form.data.get('seen_full', '')},{asked.pk}")
                return render(
                    request, "workshops/session.html", _session_context(request, found, row, coming, dates, form, asked, just_full=True)
                )
            try:
                return _enrolled(request, asked, form)
            except Refused as refusal:
                form.apply_refusal(refusal)
        if asked.is_full:
            form.data = with_value(form.data, "seen_full", f"{form.data.get('seen_full', '')},{asked.pk}")
        status = 422
    elif dates:
        form = EnrolForm(
            dates=dates,
            auto_id="e_%s",
            initial={"date": str(row.pk) if row.open_to_public else "", "seen_full": full if row.is_full else ""},
        )
    return render(request, "workshops/session.html", _session_context(request, found, row, coming, dates, form, asked), status=status)


def _enrolled(request: HttpRequest, asked: SessionRow, form: EnrolForm) -> HttpResponse:
    session = selectors.session(territory_of(request), asked.pk)
    if session is None:
        raise Http404
    outcome = services_enrolment.enrol(session, form.to_form(consent=form.cleaned_data["consent"]))
    if outcome.repeat == "person":
        # Neither code nor state: whoever types a name and a telephone would learn who comes.
        mine.forget(request)
        return redirect("workshops:noted", pk=asked.pk)
    mine.remember(request, outcome.booking)
    return redirect("workshops:confirmation")


def _session_context(
    request: HttpRequest,
    found: Session,
    row: SessionRow,
    coming: list[SessionRow],
    dates: list[SessionRow],
    form: EnrolForm | None,
    asked: SessionRow,
    *,
    just_full: bool = False,
) -> dict[str, Any]:
    return {
        "session": found,
        "programme": found.programme,
        "row": row,
        "form": form,
        "dates": dates,
        "asked": asked,
        "just_full": just_full,
        "wait_hours": _offer_hours(found),
        "cohort_sessions": [one for one in coming if one.cohort_id == found.cohort_id] if found.cohort_id else [],
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "access": access_words(found.place, found.stop),
        "consent": services_enrolment.consent_text(),
        "cancelled": row.state == SessionState.CANCELLED,
        "moved": row.state == SessionState.MOVED,
        "staff": may(request.user, permissions.SEE),
    }


def _offer_hours(found: Session) -> int:
    capacity = found.cohort.capacity if found.cohort is not None else found.capacity
    return capacity.offer_hours if capacity is not None else 48


def access_words(place: Place | None, stop: Stop | None) -> str:
    """What is known of the access for somebody in a wheelchair; not known is said as not known."""
    if stop is not None:
        if stop.step_free is None:
            return _("Accès en fauteuil roulant : nous ne savons pas. Appelez avant de venir.")
        return _("Accessible de plain-pied.") if stop.step_free else _("Pas accessible de plain-pied.")
    if place is not None and place.accessibility_url:
        return _("Le lieu décrit son accès : voir la page du lieu.")
    return _("Accès en fauteuil roulant : nous ne savons pas. Appelez avant de venir.")


@require_safe
def noted(request: HttpRequest, pk: int) -> HttpResponse:
    """The confirmation of a request by somebody who already is on the list: the same words as for anybody, without a code."""
    _found, row = published_session(request, pk)
    return render(request, "workshops/confirmation.html", {"row": row, "view": None})
