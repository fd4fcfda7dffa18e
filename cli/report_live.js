// What a served page has beside: it shows how far the run is, and is read again when results change.
"use strict";
{
  const place = document.querySelector("#live");
  const source = new EventSource("events");
  let results;
  source.addEventListener("message", ({ data }) => {
    const state = JSON.parse(data);
    if (results !== undefined && state.results !== results) location.reload();
    results = state.results;
    const { progress } = state;
    if (!progress) {
      place.textContent = "Live: no run yet.";
      return;
    }
    const stages = progress.stages.map(({ name, count, done, failed }) =>
      `${name} ${done} of ${count}${failed > 0 ? `, ${failed} failed` : ""}`
    );
    place.textContent = `${progress.hasEnded ? "The run has ended" : "Running"}: ` +
      stages.join("; ") +
      (progress.hasEnded || progress.running.length === 0
        ? ""
        : `. Now: ${progress.running.join(", ")}`);
  });
  source.addEventListener("error", () => place.textContent = "Live: the server has ended.");
}
