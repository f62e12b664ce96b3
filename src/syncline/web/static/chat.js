// Conversations: begin where what is new begins; send by Ctrl+Enter. The pages work without it.

document.addEventListener("DOMContentLoaded", () => {
  if (!location.hash) document.getElementById("new")?.scrollIntoView({ block: "center" });
});

document.addEventListener("keydown", event => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.target.matches?.("form.write textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
