// Keys, and marking as read what was seen. The pages work without it.

// What a key does stands in the page: `data-key` is on the button, link or field that it stands for.
// j, k walk through whatever has `data-item`; other keys look in the item where one is, then in the page.
const items = () => [...document.querySelectorAll("[data-item]")].filter(one => one.checkVisibility());
const typing = element => element?.closest("input, textarea, select, [contenteditable]");
let current = null;
let held = null; // the key of what has the focus

function walk(step) {
  renew();
  const all = items();
  if (!all.length) return;
  let at = all.indexOf(current);
  at = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  become(all[at]);
  const main = current.querySelector("[data-main]");
  main?.focus({ preventScroll: true });
  current.scrollIntoView({ block: "nearest" });
}

function become(item) {
  for (const one of document.querySelectorAll("[data-item].current")) one.classList.remove("current");
  current = item;
  current?.classList.add("current");
}

// A row that was changed is a new one with the same id; what had the focus in the old one has it in the new.
function renew() {
  if (!current) return;
  const gone = !current.isConnected;
  become(gone ? document.getElementById(current.id) : current);
  if (!gone || document.activeElement !== document.body) return;
  const same = held && current?.querySelector(`[data-key="${CSS.escape(held)}"]`);
  (same || current?.querySelector("[data-main]"))?.focus({ preventScroll: true });
}

function target(key) {
  renew();
  const named = `[data-key="${CSS.escape(key)}"]`;
  const ofPage = [...document.querySelectorAll(`main ${named}`)].find(one => !one.closest("[data-item]"));
  return current?.querySelector(named) ?? ofPage;
}

function press(key) {
  const found = target(key);
  if (found) {
    if (found.matches("input, textarea")) {
      found.focus();
      found.select();
    } else if (found.matches(".thread a")) {
      location.assign(found.href);
    } else {
      found.click();
    }
    return true;
  }
  if (key === "j" || key === "k") {
    walk(key === "j" ? 1 : -1);
    return true;
  }
  if (key === "l" && current?.matches(".thread:not(.talking)")) {
    location.assign(`${current.querySelector("[data-main]").href}#label`);
    return true;
  }
  return false;
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  if (typing(event.target) || document.querySelector("[popover]:popover-open")) return;
  if (event.key.length === 1 && press(event.key)) event.preventDefault();
});

document.addEventListener("htmx:load", renew);
document.addEventListener("htmx:afterSettle", renew);
document.addEventListener("focusin", event => {
  const item = event.target.closest?.("[data-item]");
  if (item && item !== current) become(item);
  held = event.target.dataset?.key;
});

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("help")?.removeAttribute("hidden");
  if (location.hash === "#label") document.getElementById("label")?.focus();
  const opened = location.hash.startsWith("#m") && document.getElementById(location.hash.slice(1));
  if (opened) {
    opened.querySelector("details")?.setAttribute("open", "");
    become(opened);
  }
});

// A thread counts as read once it was in view for a moment. Never by a GET: browsers fetch pages that nobody
// opens.
const MOMENT = 1500; // ms
let waiting = 0;
function seen() {
  clearTimeout(waiting);
  const form = document.getElementById("seen");
  if (!form || document.visibilityState !== "visible" || document.prerendering) return;
  waiting = setTimeout(() => htmx.trigger(form, "seen"), MOMENT);
}
document.addEventListener("visibilitychange", seen);
document.addEventListener("prerenderingchange", seen);
addEventListener("load", seen);
