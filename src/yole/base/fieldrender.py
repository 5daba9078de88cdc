"""How a form field is drawn: label above, hint before, error after, choices as whole cards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def described_by(bound: BoundField) -> str:
    """The ids that explain a field, hint first."""
    parts = [f"{bound.auto_id}_hint"] if bound.help_text else []
    return " ".join([*parts, f"{bound.auto_id}_error"] if bound.errors else parts)


def anchor(bound: BoundField) -> str:
    """The id that a link of the error summary goes to; the first choice of a group; empty for a hidden field."""
    if bound.is_hidden:
        return ""
    return f"{bound.auto_id}_0" if is_group(bound) else str(bound.id_for_label or bound.auto_id)


def is_group(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


def render_field(bound: BoundField, *, tiles: bool = False, required_mark: bool = True) -> SafeString:
    """The whole field as HTML. `tiles` draws a group as tiles (an icon or a few words each)."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {}
    if ids := described_by(bound):
        attrs["aria-describedby"] = ids
    context: dict[str, Any] = {
        "id": bound.auto_id,
        "for_id": bound.id_for_label,
        "label": bound.label,
        "hint": bound.help_text,
        "errors": bound.errors,
        "described_by": ids,
        "optional": required_mark and not bound.field.required and not bound.field.disabled,
        "tiles": tiles,
        "kind": "plain",
    }
    if isinstance(widget, forms.CheckboxInput):
        context |= {"kind": "checkbox", "control": bound.as_widget(attrs=attrs)}
    elif is_group(bound):
        context |= {"kind": "group", "options": [_option(bound, choice) for choice in bound.subwidgets]}
    else:
        attrs["class"] = f"{widget.attrs.get('class', '')} input".strip()
        context["control"] = bound.as_widget(attrs=attrs)
    return render_to_string("base/components/field.html", context)


def _option(bound: BoundField, choice: Any) -> dict[str, Any]:
    if bound.errors:
        choice.data["attrs"]["aria-invalid"] = "true"
    return {"control": choice.tag(), "label": choice.choice_label, "hint": getattr(choice.choice_label, "hint", "")}


def summary_lines(form: Any) -> list[dict[str, str]]:
    """What the error summary lists: one line per message, with the id of its field. Takes a form or a formset."""
    forms_ = list(getattr(form, "forms", [form]))
    lines = [{"target": "", "text": str(error)} for error in (form.non_form_errors() if hasattr(form, "non_form_errors") else [])]
    for one in forms_:
        lines += [{"target": "", "text": str(error)} for error in one.non_field_errors()]
        for bound in one:
            label = str(bound.label)
            joint = " " if label.endswith(("?", "!", ":", ".")) else " : "
            lines += [{"target": anchor(bound), "text": f"{label}{joint}{error}"} for error in bound.errors]
    return lines


def has_errors(value: Any) -> bool:
    """Whether `value` is a form or a formset that was sent and is wrong.

    Asks for the type, not `isinstance`: lazy values of the context (the account, the CSRF token) must stay unread.
    """
    return issubclass(type(value), forms.BaseForm | forms.BaseFormSet) and value.is_bound and not value.is_valid()
