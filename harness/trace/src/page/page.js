"use strict";
const T = JSON.parse(document.getElementById("trace").textContent);
const { rows, strings, rules } = T;
const $ = (id) => document.getElementById(id);
// Rows of steps, by their number less one, and the threads that make them; other rows begin a run, a section, or the
// turn of a thread.
const steps = [], turns = [];
{
  let turn = "";
  rows.forEach((row, i) => {
    if (row[0] === -4) turn = strings[row[1]];
    if (row[0] >= -1) { steps.push(i); turns.push(turn); }
  });
}
const RULE = 0, REDEX = 1, CONTRACTUM = 2, DEPTH = 3, MOVED = 4, VB = 5, PUSHED = 6, LB = 7, LAYERS = 8, CHANGES = 9;
const heap = { structs: new Map(), arrays: new Map(), exns: new Map(), globals: new Map() };
let vals = [], layers = [], at = -1, number = 0, turn = 0;
// The stacks of the other threads.
const others = new Map();
const undo = [];

// One change of the state, forwards; what undoes it is returned.
function change(c) {
  const kind = c[1];
  const into = (map, key, value) => {
    const old = map.get(key);
    map.set(key, value);
    return () => (old === undefined ? map.delete(key) : map.set(key, old));
  };
  const slot = (array, i, value) => { const old = array[i]; array[i] = value; return () => { array[i] = old; }; };
  switch (kind) {
    case 1: return into(heap.structs, c[2], { type: c[3], names: c[4], vals: c[5].slice(), len: c[5].length });
    case 2: return into(heap.arrays, c[2], { type: c[3], names: null, vals: c[4].slice(), len: c[5] });
    case 3: return into(heap.exns, c[2], { type: c[3], names: null, vals: c[4].slice(), len: c[4].length });
    case 4: return slot(heap.structs.get(c[2]).vals, c[3], c[4]);
    case 5: { const a = heap.arrays.get(c[2]); return c[3] < a.vals.length ? slot(a.vals, c[3], c[4]) : () => {}; }
    case 6: {
      const frame = layers.findLast((layer) => layer[0] === 3);
      return frame && frame[3] && frame[3][c[2]] ? slot(frame[3][c[2]], 1, c[3]) : () => {};
    }
    case 7: return into(heap.globals, c[2], { name: c[3], val: c[4] });
    default: return () => {};
  }
}

// A layer of its own, whose locals can be written.
const entered = (l) => [l[0], l[1], l[2], l[3] && l[3].map((x) => x.slice()), l[4]];

function forwards(i) {
  const row = rows[i];
  if (row[0] === -3) { undo.push(null); return; }
  if (row[0] === -4) {
    const change = (next) => {
      others.set(turn, [vals, layers]);
      [vals, layers] = others.get(next) || [[], []];
      turn = next;
    };
    const last = turn;
    change(row[1]);
    undo.push(() => change(last));
    return;
  }
  if (row[0] === -2) {
    const before = [vals, layers];
    vals = [];
    layers = row[2].map(entered);
    const changes = row[1].map(change);
    undo.push(() => { changes.reverse().forEach((f) => f()); [vals, layers] = before; });
    return;
  }
  const moved = row[MOVED].length;
  for (const v of row[MOVED]) vals.push(v);
  const goneVals = vals.splice(row[VB]);
  for (const v of row[PUSHED]) vals.push(v);
  const goneLayers = layers.splice(row[LB] - 1);
  for (const l of row[LAYERS]) layers.push(entered(l));
  const changes = row[CHANGES].map(change);
  undo.push(() => {
    changes.reverse().forEach((f) => f());
    layers.length = row[LB] - 1;
    for (const l of goneLayers) layers.push(l);
    vals.length = row[VB];
    for (const v of goneVals) vals.push(v);
    vals.length -= moved;
  });
}

// Makes a step the current one; 0 is before the first.
function go(n) {
  n = Math.max(0, Math.min(steps.length, n | 0));
  const target = n === 0 ? (steps.length ? steps[0] - 1 : -1) : steps[n - 1];
  while (at < target) forwards(++at);
  while (at > target) { at--; const f = undo.pop(); if (f) f(); }
  number = n;
  draw();
}

function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) e.setAttribute(k, v);
  e.append(...children);
  return e;
}
function svg(tag, attributes, text) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (text !== undefined) e.textContent = text;
  return e;
}
const ruleName = (r) => (r < 0 ? "(host function)" : rules[r].id);

function draw() {
  $("number").value = number;
  const row = number ? rows[steps[number - 1]] : null;
  drawNow(row);
  drawStack(row);
  drawHeap(row);
  keepVisible();
  drawList();
  history.replaceState(null, "", "#" + number);
}

function drawNow(row) {
  const now = $("now");
  now.replaceChildren();
  if (!row) {
    now.append(el("div", { class: "rule" }, "Before the first step"),
      el("div", { class: "dim" }, `${steps.length} steps; ${strings[T.end.text] || ""}`));
    return;
  }
  const rule = rules[row[RULE]];
  const head = el("div", { class: "rule" });
  if (rule) {
    head.append(el("a", { href: rule.book, id: "rulelink" }, rule.id), " ",
      el("a", { href: rule.section, class: "dim" }, "standard"));
  } else head.append("A host function, which the standard describes in prose");
  const turn = turns[number - 1];
  head.append(el("span", { class: "dim" }, `  at depth ${row[DEPTH]}${turn && ` of the thread ${turn}`}`));
  const reduction = el("div", { class: "reduction mono", id: "reduction" }, strings[row[REDEX]],
    el("span", { class: "arrow" }, "  ~>  "), strings[row[CONTRACTUM]]);
  const list = el("ul", { id: "changes", class: "mono" });
  for (const c of row[CHANGES]) list.append(el("li", {}, strings[c[0]]));
  now.append(head, reduction, list);
  if (rule) now.append(el("pre", {}, rule.statement));
}

function drawStack(row) {
  const root = $("stack");
  root.replaceChildren();
  const fresh = row ? row[VB] : Infinity;
  const written = row ? row[CHANGES].filter((c) => c[1] === 6).map((c) => c[2]) : [];
  const innermost = layers.findLastIndex((layer) => layer[0] === 3);
  const show = (box, from, to) => {
    if (to - from > 200) { box.append(el("div", { class: "dim" }, `… ${to - from - 200} more`)); from = to - 200; }
    for (let i = from; i < to; i++) box.append(el("div", { class: "val" + (i >= fresh ? " new" : "") }, strings[vals[i]]));
  };
  show(root, 0, layers.length ? layers[0][2] : vals.length);
  let parent = root;
  const hidden = layers.length > 80 ? layers.length - 60 : 0;
  layers.forEach((layer, i) => {
    if (hidden && i >= 10 && i < hidden + 10) {
      if (i === 10) parent.append(el("div", { class: "dim" }, `… ${hidden} contexts …`));
      return;
    }
    const box = el("div", { class: "layer" + (layer[0] === 3 ? " frame" : "") });
    box.append(el("div", { class: "head" }, strings[layer[1]]));
    (layer[3] || []).forEach(([name, val], x) => {
      const isNew = i === innermost && written.includes(x) ? " new" : "";
      box.append(el("div", { class: "local" + isNew }, el("span", {}, strings[name]), " = " + strings[val]));
    });
    show(box, layer[2], i + 1 < layers.length ? layers[i + 1][2] : vals.length);
    parent.append(box);
    parent = box;
  });
  if (!root.childElementCount) root.append(el("div", { class: "dim" }, "empty"));
}

const REF = /\(ref\.(struct|array|exn) (\d+)\)/;
const object = (text) => { const m = REF.exec(text); return m && `${m[1]}s/${m[2]}`; };
function lookup(key) { const [kind, a] = key.split("/"); return heap[kind].get(+a); }
const NODES = 60, FIELDS = 10, LINE = 17, WIDTH = 178, GAP = 46;

function drawHeap(row) {
  const box = $("heap");
  box.replaceChildren();
  const changed = new Set(), fresh = new Set();
  for (const c of row ? row[CHANGES] : []) {
    if (c[1] >= 1 && c[1] <= 3) fresh.add(`${["structs", "arrays", "exns"][c[1] - 1]}/${c[2]}`);
    if (c[1] === 4) changed.add(`structs/${c[2]}/${c[3]}`);
    if (c[1] === 5) changed.add(`arrays/${c[2]}/${c[3]}`);
  }
  // Roots: what the innermost frames' locals, the stack and the globals refer to.
  const roots = new Map();
  const root = (name, val) => { const key = object(strings[val]); if (key && lookup(key) && roots.size < 14 && !roots.has(name)) roots.set(name, key); };
  layers.filter((layer) => layer[0] === 3).slice(-3).reverse().forEach((frame, depth) => (frame[3] || [])
    .forEach(([name, val]) => root(strings[name] + "'".repeat(depth), val)));
  vals.slice(-8).reverse().forEach((val, i) => root(i ? `stack[-${i + 1}]` : "top", val));
  for (const [a, g] of heap.globals) root(strings[g.name] || `globals[${a}]`, g.val);
  const column = new Map();
  // One root after the other, so that what the first one reaches stands to its right, in the order of the references.
  for (const start of roots.values()) {
    if (column.has(start)) continue;
    column.set(start, 1);
    let queue = [start];
    while (queue.length && column.size < NODES) {
      const next = [];
      for (const key of queue) for (const v of lookup(key).vals.slice(0, FIELDS)) {
        const to = object(strings[v]);
        if (to && !column.has(to) && lookup(to) && column.size < NODES) { column.set(to, column.get(key) + 1); next.push(to); }
      }
      queue = next;
    }
  }
  // What nothing refers to any more is shown last, the newest first: the standard has no garbage collection.
  let total = 0;
  const rest = [];
  for (const kind of ["structs", "arrays", "exns"]) {
    total += heap[kind].size;
    if (rest.length < NODES) for (const a of [...heap[kind].keys()].slice(-NODES).reverse()) rest.push(`${kind}/${a}`);
  }
  for (const key of rest) if (!column.has(key) && column.size < NODES) column.set(key, 0);
  if (!total) { box.append(el("div", { class: "dim" }, "no objects")); return; }
  const place = new Map(), heights = [], last = Math.max(...column.values());
  for (const [key, c] of column) {
    const col = c || last + 1, o = lookup(key);
    const lines = 1 + Math.min(o.vals.length, FIELDS) + (o.len > FIELDS ? 1 : 0);
    const y = heights[col] || 8;
    place.set(key, { x: 96 + (col - 1) * (WIDTH + GAP), y, h: lines * LINE + 8, o });
    heights[col] = y + lines * LINE + 24;
  }
  const width = Math.max(...[...place.values()].map((p) => p.x)) + WIDTH + 16;
  const height = Math.max(roots.size * 24 + 20, ...heights.filter(Boolean));
  const s = svg("svg", { width, height, role: "img", "aria-label": `${total} objects` });
  const marker = svg("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  marker.append(svg("path", { d: "M0 0 L8 4 L0 8 z" }));
  const defs = svg("defs", {});
  defs.append(marker);
  s.append(defs);
  const arrow = (x1, y1, to) => {
    const p = place.get(to);
    if (!p) return;
    // To the left edge of what stands to the right, and to the right edge of the rest.
    const back = p.x <= x1, x2 = back ? p.x + WIDTH : p.x, y2 = p.y + 12, side = back ? 1 : -1;
    const bend = Math.max(26, Math.abs(x2 - x1) / 2.2);
    const d = `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 + side * bend} ${y2} ${x2} ${y2}`;
    s.append(svg("path", { class: "ref", "data-to": to, d, "marker-end": "url(#tip)" }));
  };
  for (const [key, p] of place) {
    const g = svg("g", { class: "object", "data-key": key });
    g.append(svg("rect", { class: "box" + (fresh.has(key) ? " new" : ""), x: p.x, y: p.y, width: WIDTH, height: p.h, rx: 4 }));
    const [kind, a] = key.split("/");
    g.append(svg("text", { class: "title", x: p.x + 8, y: p.y + 16 }, `${kind}[${a}] ${strings[p.o.type]}`));
    p.o.vals.slice(0, FIELDS).forEach((v, i) => {
      const y = p.y + 16 + (i + 1) * LINE, text = strings[v], name = p.o.names ? strings[p.o.names[i]] : i;
      if (changed.has(`${key}/${i}`)) g.append(svg("rect", { class: "field new", x: p.x + 2, y: y - 12, width: WIDTH - 4, height: LINE }));
      g.append(svg("text", { x: p.x + 8, y }, `${name} ${text}`.slice(0, 22)));
    });
    if (p.o.len > FIELDS) g.append(svg("text", { x: p.x + 8, y: p.y + p.h - 6 }, `… ${p.o.len} in all`));
    s.append(g);
  }
  for (const [key, p] of place) p.o.vals.slice(0, FIELDS).forEach((v, i) => {
    const to = object(strings[v]);
    if (to) arrow(p.x + WIDTH - 4, p.y + 12 + (i + 1) * LINE, to);
  });
  [...roots].forEach(([name, key], i) => {
    s.append(svg("text", { class: "root", x: 4, y: 20 + i * 24 }, name.slice(0, 10)));
    arrow(8 + Math.min(name.length, 10) * 7.6, 16 + i * 24, key);
  });
  box.append(s);
  if (total > place.size) box.append(el("div", { class: "dim" }, `${total - place.size} more objects are not shown`));
}

// The list: only what can be seen of it exists.
const HEIGHT = 22, list = $("list");
$("rows").style.height = `${steps.length * HEIGHT}px`;
function keepVisible() {
  const top = (number - 1) * HEIGHT;
  if (top < list.scrollTop + HEIGHT) list.scrollTop = Math.max(0, top - 3 * HEIGHT);
  else if (top > list.scrollTop + list.clientHeight - 2 * HEIGHT) list.scrollTop = top - list.clientHeight + 4 * HEIGHT;
}
function drawList() {
  const from = Math.max(0, Math.floor(list.scrollTop / HEIGHT) - 5);
  const to = Math.min(steps.length, from + Math.ceil(list.clientHeight / HEIGHT) + 10);
  const shown = document.createDocumentFragment();
  for (let n = from; n < to; n++) {
    const row = rows[steps[n]];
    const line = el("div", { class: "row" + (n + 1 === number ? " here" : ""), style: `top:${n * HEIGHT}px`, "data-step": n + 1 },
      el("i", {}, String(n + 1)), turns[n] && el("i", {}, turns[n]), el("b", {}, ruleName(row[RULE])), "  " + strings[row[REDEX]]);
    shown.append(line);
  }
  $("rows").replaceChildren(shown);
}
list.addEventListener("scroll", drawList);
addEventListener("resize", drawList);
$("rows").addEventListener("click", (e) => { const line = e.target.closest(".row"); if (line) go(+line.dataset.step); });

// To the next step whose rule or redex has a text in it.
function find(text, direction) {
  if (!text) return false;
  const wanted = rules.map((rule) => rule.id.includes(text));
  const exact = rules.findIndex((rule) => rule.id === text);
  for (let n = number + direction; n >= 1 && n <= steps.length; n += direction) {
    const row = rows[steps[n - 1]];
    if (exact >= 0 ? row[RULE] === exact : (wanted[row[RULE]] || strings[row[REDEX]].includes(text))) { go(n); return true; }
  }
  return false;
}
const seek = (direction) => { $("found").textContent = find($("jump").value, direction) ? "" : "no such step that way"; };
const same = (direction) => { if (number && rows[steps[number - 1]][RULE] >= 0) find(rules[rows[steps[number - 1]][RULE]].id, direction); };
for (const rule of rules) $("rules").append(el("option", { value: rule.id }));
$("first").onclick = () => go(0);
$("back").onclick = () => go(number - 1);
$("forward").onclick = () => go(number + 1);
$("last").onclick = () => go(steps.length);
$("next").onclick = () => seek(1);
$("previous").onclick = () => seek(-1);
$("number").onchange = () => go(+$("number").value);
$("jump").addEventListener("keydown", (e) => {
  if (e.key === "Enter") { e.preventDefault(); seek(e.shiftKey ? -1 : 1); }
  if (e.key === "Escape") $("jump").blur();
});
document.addEventListener("keydown", (e) => {
  if (e.target.tagName === "INPUT" || e.ctrlKey || e.metaKey || e.altKey) return;
  const keys = {
    ArrowRight: () => go(number + 1), ArrowDown: () => go(number + 1), j: () => go(number + 1),
    ArrowLeft: () => go(number - 1), ArrowUp: () => go(number - 1), k: () => go(number - 1),
    PageDown: () => go(number + 100), PageUp: () => go(number - 100), Home: () => go(0), End: () => go(steps.length),
    n: () => same(1), p: () => same(-1), "/": () => $("jump").focus(),
  };
  if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
});
$("of").textContent = `of ${steps.length}`;
$("title").textContent = T.file + (T.run.length ? `: ${T.run.map((t) => strings[t]).join(", ")}` : "");
$("ending").textContent = strings[T.end.text];
document.title = `Trace of ${T.file}`;
addEventListener("hashchange", () => go(+location.hash.slice(1)));
go(+location.hash.slice(1) || 0);
document.body.dataset.ready = "yes";
