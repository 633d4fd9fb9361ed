"use strict";
// Takes over what has changed, so that who reads keeps place, selection and focus.
const EVERY_MS = 3000;
const SILENT = "沙箱没有回答，稍后自动再试。";
const main = document.querySelector("main");
const live = document.getElementById("live");
const told = document.getElementById("told");
// The server has escaped all that it did not write itself.
const html = window.trustedTypes?.createPolicy("page", { createHTML: text => text }) ?? { createHTML: text => text };

const tell = text => { if (told.textContent !== text) told.textContent = text; };
const replace = (old, fresh) => {
  const scrolled = old.querySelector("ul")?.scrollTop, focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  const list = fresh.querySelector("ul");
  if (!list) return;
  list.scrollTop = scrolled || 0;
  if (focused) list.focus({ preventScroll: true });
};

const take = fresh => {
  const phones = [...fresh.querySelector("main").children];
  let arrived = 0;
  phones.forEach((given, place) => {
    const old = given.id ? document.getElementById(given.id) : null;
    // The mark is ours and no difference.
    old?.removeAttribute("class");
    const count = Number(given.dataset.messages) - Number(old?.dataset.messages ?? 0);
    const node = old?.outerHTML === given.outerHTML ? old : document.adoptNode(given);
    if (old && node !== old) replace(old, node);
    if (main.children[place] !== node) main.insertBefore(node, main.children[place] ?? null);
    if (count > 0) { arrived += count; node.className = "new"; }
  });
  while (main.children.length > phones.length) main.lastElementChild.remove();
  document.getElementById("state").replaceWith(document.adoptNode(fresh.getElementById("state")));
  if (arrived) tell(`收到 ${arrived} 条新消息。`);
  else if (told.textContent === SILENT) tell("");
};

const renew = async () => {
  try {
    const answer = await fetch("/_control", { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    take(new DOMParser().parseFromString(html.createHTML(await answer.text()), "text/html"));
  } catch {
    tell(SILENT);
  }
};

document.querySelector("form").addEventListener("submit", event => { event.preventDefault(); renew(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && live.checked) renew(); });
const go = async () => {
  if (live.checked && !document.hidden) await renew();
  setTimeout(go, EVERY_MS);
};
setTimeout(go, EVERY_MS);
