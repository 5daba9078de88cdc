"""`yole workshops`: work of the room, run once by hand. The worker does the same by itself."""

from __future__ import annotations

from yole.base.commandline import DONE, UNSOUND, AsJson, database, print_json, room_commands

app = room_commands("Ateliers : rappels, propositions de place, recomptage.")


@app.command()
def remind(as_json: AsJson = False) -> int:
    """Prépare les rappels dus, puis envoie ce qui est à envoyer (e-mail, SMS).

    Deux exécutions de suite n’envoient rien deux fois. Code 1 : un envoi a échoué, il sera repris dix minutes plus tard.
    """
    with database():
        from yole.workshops.services_messages import remind as run

        planned, done = run()
    if as_json:
        print_json({"planned": planned, "sent": done.sent, "withdrawn": done.withdrawn, "failed": done.failed})
    else:
        print(f"{planned} rappels préparés, {done.sent} messages envoyés, {done.withdrawn} retirés, {done.failed} en échec.")
    return UNSOUND if done.failed else DONE


@app.command(name="expire-offers")
def expire_offers(as_json: AsJson = False) -> int:
    """Termine les propositions de place restées sans réponse et passe les places aux suivants."""
    with database():
        from yole.bookings.services import expire_offers as run

        ended = run()
    if as_json:
        print_json({"expired": ended})
    else:
        print(f"{ended} propositions terminées.")
    return DONE


@app.command()
def recount(as_json: AsJson = False) -> int:
    """Recompte les places à partir des inscriptions, corrige les compteurs et dit les écarts. Code 1 : il y avait un écart."""
    with database():
        from yole.bookings.services_capacity import recount as run

        drifts = run()
    if as_json:
        print_json({"drift": [{"capacity": d.capacity_id, "taken": d.taken, "counted": d.counted, "over": d.over} for d in drifts]})
    else:
        for drift in drifts:
            over = " : plus d’inscriptions que de places, à regarder" if drift.over else ""
            print(f"compteur {drift.capacity_id} : {drift.taken} affichées, {drift.counted} comptées{over}")
        print(f"{len(drifts)} écarts.")
    return UNSOUND if drifts else DONE
