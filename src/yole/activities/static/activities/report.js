// Counts the group while its numbers are typed: nothing here is needed to save.
(function () {
  "use strict";
  var form = document.querySelector("[data-report]");
  if (!form) return;
  var line = form.querySelector("[data-margin-sum]");
  var total = form.querySelector("[name=total]");
  form.addEventListener("input", function () {
    var group = Number(total.value) || 0;
    var words = [];
    form.querySelectorAll("[data-margin]").forEach(function (part) {
      var sum = 0;
      part.querySelectorAll("input").forEach(function (one) { sum += Number(one.value) || 0; });
      if (sum > group) words.push(part.querySelector("summary").textContent + " : " + sum + " pour " + group + ".");
    });
    line.hidden = words.length === 0;
    line.textContent = words.join(" ");
  });
  form.addEventListener("change", function (event) {
    if (event.target.name === "who" && event.target.value === "collectif" && !total.value) total.focus();
  });
})();
