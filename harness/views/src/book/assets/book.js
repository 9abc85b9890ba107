// The book works without this; with it, it can be searched, and shows the code of the rule that an address names.
"use strict";
(() => {
  const input = document.getElementById("q");
  const list = document.getElementById("results");
  const SHOWN = 40;

  // How well an entry answers a word; 0 is not at all.
  function score([id, , instructions, statement, summary], word) {
    const name = id.toLowerCase();
    const cut = name.slice(name.indexOf("/") + 1);
    const names = instructions ? instructions.split(" ") : [];
    if (name === word || cut === word) return 100;
    if (cut.startsWith(word + "-")) return 90;
    if (names.includes(word)) return 80 - Math.min(20, names.length / 10);
    if (cut.startsWith(word)) return 55;
    if (name.includes(word)) return 50;
    if (names.some((n) => n.startsWith(word))) return 40;
    if (names.some((n) => n.includes(word))) return 30;
    if (statement.toLowerCase().includes(word)) return 20;
    if (summary.toLowerCase().includes(word)) return 10;
    return 0;
  }

  function search(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const found = [];
    LOCKSTEP_INDEX.forEach((entry, order) => {
      const scores = words.map((word) => score(entry, word));
      if (!scores.includes(0)) found.push({ entry, order, score: Math.min(...scores) });
    });
    return found.sort((a, b) => b.score - a.score || a.order - b.order);
  }

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function show() {
    const found = search(input.value);
    list.replaceChildren();
    for (const { entry: [id, href, , statement] } of found.slice(0, SHOWN)) {
      const item = element("li");
      const link = element("a");
      link.href = href;
      link.append(element("b", id), element("code", statement));
      item.append(link);
      list.append(item);
    }
    if (input.value.trim() && found.length === 0) list.append(element("li", "No rule or instruction of this name.", "none"));
    if (found.length > SHOWN) list.append(element("li", `and ${found.length - SHOWN} more`, "none"));
    list.hidden = list.childElementCount === 0;
  }

  const links = () => [...list.querySelectorAll("a")];

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = links()[0];
    if (first) first.click();
  });
  input.form.addEventListener("keydown", (event) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && at + 1 < all.length) all[at + 1].focus();
    else if (event.key === "ArrowUp" && at >= 0) (all[at - 1] || input).focus();
    else if (event.key === "Escape") { list.hidden = true; input.blur(); return; }
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => { if (event.target.closest("a")) list.hidden = true; });
  document.addEventListener("click", (event) => { if (!input.form.contains(event.target)) list.hidden = true; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });

  // The rule that the address names is shown with its code.
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches(".rule")) {
      for (const code of target.querySelectorAll("details.rust")) code.open = true;
    }
    for (const current of document.querySelectorAll(".contents a[aria-current]")) current.removeAttribute("aria-current");
    const link = target && document.querySelector(`.contents a[href="#${CSS.escape(target.id)}"]`);
    if (link) {
      link.setAttribute("aria-current", "true");
      if (matchMedia("(min-width: 70rem)").matches) link.scrollIntoView({ block: "center" });
    }
    if (target) target.scrollIntoView();
  }
  addEventListener("hashchange", open);

  // On a narrow screen the list of rules would stand before the rules.
  const contents = document.querySelector(".contents details");
  if (contents && !matchMedia("(min-width: 70rem)").matches) contents.open = false;
  open();

  const query = new URLSearchParams(location.search).get("q");
  if (query) {
    input.value = query;
    show();
  }
})();
