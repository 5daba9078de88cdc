"""On a telephone: a jury awards, the holder opens and downloads, anybody verifies, the award is withdrawn, verification refuses."""

from __future__ import annotations

import re
from pathlib import Path

from browsing import PHONE, Site, axe_violations, sign_in
from playwright.sync_api import Browser, Page


def _sound(page: Page) -> None:
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_from_the_jury_to_the_refusal(chromium: Browser, site: Site, tmp_path: Path) -> None:
    desk = chromium.new_context(base_url=site.address, viewport=PHONE, locale="fr-FR").new_page()  # type: ignore[arg-type]  # width and height
    public = chromium.new_context(base_url=site.address, viewport=PHONE, locale="fr-FR", accept_downloads=True).new_page()
    asked: list[str] = []
    public.on("request", lambda request: asked.append(request.url))
    sign_in(desk, site, "evaluation")
    desk.goto("/passeport/equipe/")
    _sound(desk)
    desk.get_by_role("link", name="Jury de démonstration").click()
    _sound(desk)
    desk.locator("tr", has_text="En attente").get_by_role("link").click()
    desk.get_by_role("link", name="Décider").click()
    assert desk.get_by_text("91 chances sur 100 que ce soit le bon niveau").is_visible()
    _sound(desk)
    desk.get_by_role("radio", name="Attribué").check()
    desk.get_by_label("Niveau attribué").select_option("orange")
    desk.get_by_role("button", name="Enregistrer la décision").click()
    desk.get_by_role("link", name="Voir le passeport").click()
    _sound(desk)
    award = desk.url
    with desk.expect_response(re.compile("nouveau-code")) as answered:
        desk.get_by_role("button", name="Faire un nouveau code").click(no_wait_after=True)
    assert answered.value.headers["content-type"] == "application/pdf"

    code = _code_of(site, desk, award)
    public.goto("/passeport/mien/")
    public.get_by_label("Votre code").fill(code)
    public.get_by_role("button", name="Ouvrir mon passeport").click()
    assert public.get_by_role("heading", name="Mon passeport").is_visible()
    _sound(public)
    public.get_by_role("link", name="Le niveau et les domaines").click()
    _sound(public)
    with public.expect_download() as kept:
        public.get_by_role("link", name="Image (PNG)").click()
    kept.value.save_as(tmp_path / "passeport.png")

    public.goto("/passeport/verifier/")
    _sound(public)
    public.get_by_label("Fichier du passeport").set_input_files(tmp_path / "passeport.png")
    public.get_by_role("button", name="Vérifier ce fichier").click()
    assert public.get_by_role("heading", name="Ce passeport est authentique et en cours").is_visible()
    assert public.get_by_text(re.compile("Valable selon la liste du")).is_visible()
    _sound(public)

    desk.goto(award + "etat/")
    desk.get_by_label("Acte").select_option("revoke")
    desk.get_by_label("Raison").fill("Erreur de candidat (fictif)")
    desk.get_by_role("button", name="Confirmer").click()
    public.goto("/passeport/verifier/")
    public.get_by_label("Fichier du passeport").set_input_files(tmp_path / "passeport.png")
    public.get_by_role("button", name="Vérifier ce fichier").click()
    assert public.get_by_role("heading", name="Ce passeport a été retiré").is_visible()
    _sound(public)
    assert all(url.startswith((site.address, "data:", "blob:")) for url in asked)
    desk.context.close()
    public.context.close()


def _code_of(site: Site, desk: Page, award: str) -> str:
    """The code on the sheet that the desk prints for the holder."""
    import subprocess

    content = desk.request.get(award + "code.pdf").body()
    (site.data / "code.pdf").write_bytes(content)
    words = subprocess.run(["pdftotext", str(site.data / "code.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"\b[0-9A-Z]{4}- ?[0-9A-Z]{4}- ?[0-9A-Z]{4}\b", words)
    assert found, words
    return found[0]
