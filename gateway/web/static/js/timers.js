// <span class="timer" data-since="ISO time" data-seconds="300">: counts down to zero and then over it; without data-seconds it
// counts up. Uses the server's clock as it was when the page came, since tablets are often minutes off.

const serverNow = Date.parse(document.body.dataset.now ?? "");
const offset = Number.isNaN(serverNow) ? 0 : serverNow - Date.now();

function words(seconds) {
  const whole = Math.abs(Math.trunc(seconds));
  const minutes = String(Math.floor(whole / 60)).padStart(2, "0");
  return `${seconds < 0 ? "−" : ""}${minutes}:${String(whole % 60).padStart(2, "0")}`;
}

function show() {
  for (const timer of document.querySelectorAll("[data-since]")) {
    const elapsed = (Date.now() + offset - Date.parse(timer.dataset.since)) / 1000;
    const allowed = Number(timer.dataset.seconds ?? 0);
    const left = allowed > 0 ? allowed - elapsed : elapsed;
    timer.textContent = words(left);
    timer.dataset.state = allowed > 0 && left < 0 ? "over" : "running";
  }
}

show();
setInterval(show, 500);
document.addEventListener("htmx:after:swap", show);
