// The projector's page: a clock by the server's time, and a screen that does not fall asleep. Nobody touches this page.

const clock = document.querySelector("[data-clock]");
const offset = Date.parse(clock?.dataset.now ?? "") - Date.now() || 0;
const format = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });

function tick() {
  if (clock) clock.textContent = format.format(new Date(Date.now() + offset));
}

async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Some browsers refuse without a gesture or on battery; the projector's own settings then decide.
  }
}

tick();
setInterval(tick, 1000);
stayAwake();
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stayAwake());
