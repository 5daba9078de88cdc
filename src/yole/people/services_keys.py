"""Renewing the master key: every wrapped key is wrapped again; what is sealed stays as it is."""

from __future__ import annotations

from django.db import transaction

from yole.base.scope import system_scope
from yole.people import keys, sealing
from yole.people.models import Person

_BATCH = 500


def rewrap() -> int:
    """Makes a new master key, wraps each person's key with it, then drops the older ones. Returns how many keys were wrapped.

    Interrupted, it may be run again: until the end, every key opens with the one that wrapped it.
    """
    keys.renew()
    current = keys.master_keys().current
    done = 0
    with system_scope():
        for key in list(Person.objects.filter(wrapped_key__isnull=False).order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                person = Person.objects.select_for_update().get(pk=key)
                if person.wrapped_key is not None and bytes(person.wrapped_key)[0] != current:
                    own = sealing.unwrap(bytes(person.wrapped_key), sealing.PERSON, person.pk)
                    person.wrapped_key = sealing.wrap(own, sealing.PERSON, person.pk)
                    person.save(update_fields=["wrapped_key"])
                    done += 1
        left = any(
            wrapped is not None and bytes(wrapped)[0] != current
            for wrapped in Person.objects.filter(wrapped_key__isnull=False).values_list("wrapped_key", flat=True).iterator(_BATCH)
        )
    if not left:
        keys.forget_older()
    return done
