"use strict";
// What changed between two runs of an engine: the changes of all runs after the first one, up to the second, put together.
// The files of runs are scripts that call `lockstep.run`, because a page in a folder may not fetch.
const lockstep = (() => {
  const form = document.getElementById("choose");
  const outcome = document.getElementById("outcome");
  const place = document.getElementById("changes");
  const loaded = new Map();
  let engines = [];
  let turn = 0;

  const make = (name, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    return element;
  };
  const load = (slug, run) => {
    const key = `${slug}/${run}`;
    if (!loaded.has(key)) {
      let done;
      const promise = new Promise((resolve, reject) => { done = resolve; const script = make("script", { src: `data/${key}.js`, onerror: () => reject(new Error(`data/${key}.js cannot be read`)) }); document.head.append(script); });
      loaded.set(key, { promise, done });
    }
    return loaded.get(key).promise;
  };
  const bad = { pass: 0, other: 0, none: 0, unsupported: 1, limit: 1, fail: 2, timeout: 2, crash: 3 };
  const word = { other: "passes or not there", none: "not run" };
  const trend = (before, now) => {
    if (bad[now] > bad[before]) return before === "pass" || bad[before] > 0 ? "worse" : "new";
    if (now === "other") return "gone";
    return bad[now] < bad[before] ? "better" : "otherwise";
  };
  const titles = { worse: "Worse", new: "New", better: "Better", gone: "Pass or are no longer there, as their scripts have changed", otherwise: "Otherwise" };

  const show = async () => {
    const mine = ++turn;
    const engine = engines.find((engine) => engine.slug === form.elements.engine.value);
    if (!engine) { outcome.textContent = "There is no run."; return; }
    const at = (name) => engine.runs.findIndex(([id]) => id === form.elements[name].value);
    const [from, to] = [at("from"), at("to")].sort((a, b) => a - b);
    outcome.textContent = "Loading …";
    const runs = engine.runs.slice(from + 1, to + 1).filter(([, , differs]) => differs);
    let data;
    try {
      data = await Promise.all(runs.map(([id]) => load(engine.slug, id)));
    } catch (error) {
      outcome.textContent = error.message;
      return;
    }
    if (mine !== turn) return;
    const net = new Map();
    const first = new Map(), last = new Map();
    for (const { files, added, removed } of data) {
      for (const [list, is] of [[added, true], [removed, false]])
        for (const file of list) { if (!first.has(file)) first.set(file, !is); last.set(file, is); }
      for (const [file, rows] of files) for (const [line, kind, id, before, now, rule] of rows) {
        const key = `${file}\n${id}`;
        const old = net.get(key);
        net.set(key, { file, line, kind, id, rule: rule || old?.rule, before: old ? old.before : before, now });
      }
    }
    const notRun = [...last].filter(([file, is]) => !is && first.get(file) !== false).map(([file]) => file);
    const newScripts = [...last].filter(([file, is]) => is && first.get(file) === false).map(([file]) => file);
    const by = new Map(Object.keys(titles).map((name) => [name, []]));
    let count = 0;
    for (const change of net.values()) {
      if (change.before === change.now || last.get(change.file) === false) continue;
      by.get(trend(change.before, change.now)).push(change);
      count++;
    }
    const [a, b] = [engine.runs[from], engine.runs[to]];
    outcome.textContent = `${engine.name}, ${a[0]} (${a[1]}) to ${b[0]} (${b[1]}): ${count === 0 ? "no directive has changed" : count === 1 ? "1 directive has changed" : `${count.toLocaleString("en")} directives have changed`}.`;
    place.replaceChildren();
    for (const [name, list] of by) if (list.length) {
      list.sort((x, y) => (x.file < y.file ? -1 : x.file > y.file ? 1 : x.line - y.line));
      place.append(make("h2", {}, `${titles[name]} (${list.length.toLocaleString("en")})`));
      const items = make("ul", { className: "list" });
      let next = 0;
      const more = make("button", { type: "button", onclick: () => add(500) }, "Show more");
      const add = (n) => {
        for (const end = Math.min(next + n, list.length); next < end; next++) {
          const { file, line, kind, id, rule, before, now } = list[next];
          const verdict = make("span", { className: `v ${now}` }, `${word[before] ?? before} → ${word[now] ?? now}`);
          items.append(make("li", {}, make("p", {}, `${file}:${line} `, make("code", {}, kind), " ", verdict, " ", make("code", { className: "soft" }, id)), ...(rule ? [make("p", { className: "soft" }, make("code", {}, rule))] : [])));
        }
        more.hidden = next >= list.length;
      };
      add(200);
      place.append(items, more);
    }
    for (const [title, files] of [["Scripts that are no longer run", notRun], ["New scripts", newScripts]])
      if (files.length) place.append(make("h2", {}, `${title} (${files.length})`), make("ul", {}, ...files.sort().map((file) => make("li", {}, file))));
    document.body.dataset.ready = `${engine.slug} ${a[0]} ${b[0]}`;
  };

  const choose = (state) => {
    const engine = engines.find((engine) => engine.slug === state.get("engine")) ?? engines[0];
    if (!engine) return;
    form.elements.engine.value = engine.slug;
    for (const [name, otherwise] of [["from", Math.max(0, engine.runs.length - 2)], ["to", engine.runs.length - 1]]) {
      const select = form.elements[name];
      select.replaceChildren(...engine.runs.map(([id, version]) => make("option", { value: id }, `${id} (${version.split(" (")[0]})`)));
      const wanted = state.get(name);
      select.value = engine.runs.some(([id]) => id === wanted) ? wanted : engine.runs[otherwise][0];
    }
  };
  const save = () => {
    const { engine, from, to } = form.elements;
    history.replaceState(null, "", `#${new URLSearchParams({ engine: engine.value, from: from.value, to: to.value })}`);
  };
  const start = () => { choose(new URLSearchParams(location.hash.slice(1))); show(); };
  form.addEventListener("change", (event) => {
    if (event.target.name === "engine") choose(new URLSearchParams({ engine: event.target.value }));
    save();
    show();
  });
  addEventListener("hashchange", start);

  return {
    engines(list) {
      engines = list;
      form.elements.engine.replaceChildren(...list.map(({ name, slug }) => make("option", { value: slug }, name)));
      start();
    },
    run(slug, id, data) { loaded.get(`${slug}/${id}`)?.done(data); },
  };
})();
