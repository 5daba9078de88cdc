// « Utiliser ma position »: fills the form with a position rounded to 3 decimals and sends it. Nothing is kept.
(function () {
  "use strict";
  if (!("geolocation" in navigator)) return;
  document.querySelectorAll("form").forEach(function (form) {
    var part = function (name) { return form.querySelector('[data-position="' + name + '"]'); };
    var offer = part("offer");
    if (!offer) return;
    var said = part("said");
    offer.hidden = false;
    part("button").addEventListener("click", function () {
      said.textContent = said.dataset.busy;
      navigator.geolocation.getCurrentPosition(function (found) {
        var fields = { lat: found.coords.latitude, lon: found.coords.longitude };
        Object.keys(fields).forEach(function (name) {
          part(name).disabled = false;
          part(name).value = fields[name].toFixed(3);
        });
        form.elements.ou.value = "";
        form.submit();
      }, function () { said.textContent = said.dataset.failed; }, { maximumAge: 300000, timeout: 15000 });
    });
  });
})();
