"use strict";
// The filters: they hide what does not match. Without this script all is there to be read.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const items = [...document.querySelectorAll("[data-e]")];
  const groups = [...document.querySelectorAll("details.group")].map((group) => ({
    group, items: [...group.querySelectorAll("[data-e]")], count: group.querySelector(".count"), was: group.open,
  }));
  for (const one of groups) if (one.count) one.text = one.count.textContent;
  const sections = [...document.querySelectorAll("section.findings")];
  const fields = ["text", "engine", "verdict", "feature", "file"];
  const number = new Intl.NumberFormat("en").format;
  // The text of an item is made when it is first looked for.
  const words = new Map();
  const text = (item) => {
    if (!words.has(item)) words.set(item, `${item.textContent} ${item.closest(".group")?.querySelector("summary").textContent ?? ""}`.toLowerCase());
    return words.get(item);
  };

  const filter = () => {
    const wanted = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { engine, verdict, feature, file } = form.elements;
    const any = wanted.length || engine.value || verdict.value || feature.value || file.value;
    let shown = 0;
    for (const item of items) {
      const data = item.dataset;
      const matches = (!engine.value || data.e === engine.value) && (!verdict.value || data.v === verdict.value)
        && (!feature.value || data.t === feature.value) && (!file.value || data.s === file.value)
        && wanted.every((word) => text(item).includes(word));
      item.hidden = !matches;
      shown += matches;
    }
    for (const { group, items, count, text, was } of groups) {
      const left = items.filter((item) => !item.hidden).length;
      group.hidden = items.length > 0 && left === 0;
      if (count) count.textContent = left === items.length ? text : `${number(left)} of ${number(items.length)}`;
      group.open = any && shown <= 50 ? left > 0 : was;
    }
    for (const section of sections) section.hidden = Boolean(any) && !section.querySelector("[data-e]:not([hidden])");
    document.getElementById("shown").textContent = any ? `${number(shown)} of ${number(items.length)} match` : `${number(items.length)} in all`;
  };

  // The address has the filters, so that they can be passed on.
  const save = () => {
    const state = new URLSearchParams();
    for (const name of fields) if (form.elements[name].value) state.set(name, form.elements[name].value);
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
  };
  const load = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    for (const name of fields) form.elements[name].value = state.get(name) ?? "";
    filter();
  };

  let waiting;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => { filter(); save(); }, 80); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { filter(); save(); }));
  addEventListener("hashchange", load);
  form.hidden = false;
  load();
  document.body.dataset.ready = "yes";
})();
