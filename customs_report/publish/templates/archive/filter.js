"use strict";
const form = document.querySelector(".filter");
const reports = JSON.parse(document.getElementById("catalogue").textContent);
const places = Map.groupBy ? Map.groupBy(document.querySelectorAll("[data-of]"), (place) => place.dataset.of) : new Map();
if (!places.size) document.querySelectorAll("[data-of]").forEach((place) =>
  places.set(place.dataset.of, [...(places.get(place.dataset.of) ?? []), place]));
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
reports.forEach((report) => { report.words = plain(report.words); });

function show() {
  const { year, kind, words } = Object.fromEntries(new FormData(form));
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const report of reports) {
    const fits = (!year || report.year === year) && (!kind || report.kind === kind)
      && wanted.every((word) => report.words.includes(word));
    count += fits;
    for (const place of places.get(report.id)) {
      if (place.tagName === "LI") place.hidden = !fits;
      else place.classList.toggle("faded", !fits);
    }
  }
  form.querySelector("output").value = `${count} of ${reports.length}`;
}

form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("reset", () => setTimeout(show));
form.addEventListener("submit", (event) => event.preventDefault());
show();
