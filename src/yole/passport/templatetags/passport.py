"""What only passports draw in templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def passport_qr(text: str, alt: str) -> SafeString:
    """The QR code of a whole credential: many small squares, drawn without loss and printed at 5 cm."""
    import segno

    made = segno.make(text, error="m", micro=False, boost_error=False)
    return format_html(
        '<img class="passport-qr" src="{}" alt="{}">',
        made.svg_data_uri(scale=4, border=4, light="white", encode_minimal=True, omitsize=True),
        alt,
    )


@register.filter
def out_of_100(probability: float | None) -> int | None:
    """0.874 -> 87."""
    return None if probability is None else round(probability * 100)
