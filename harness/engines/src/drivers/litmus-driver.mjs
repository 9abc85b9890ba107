// Runs a litmus test in a JavaScript engine, again and again, with a worker for each of its threads. It reads one
// request from standard input and writes what it sees to standard output, a line of JSON for each batch of runs. It runs
// in Node, Deno and Bun, after `ends.mjs`.
//
// In each run everything is new: the instances, and with them the memories and objects that are shared. The workers
// have what they need before a batch begins. Then they meet before each run, at a barrier where they spin, and wait for
// some random moments, so that now one of them is ahead and now another. What they return goes back after the batch.

import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { availableParallelism } from "node:os";

// The words that the workers share, far from each other.
const ARRIVED = 0;
const GONE = 32;
const AWAKE = 64;
const WORDS = 96;
// How long to spin, in turns, before giving the processor to others; less where there are not enough for all.
const PATIENCE = 20000;
const LITTLE_PATIENCE = 1000;
// How long to give it to them, in milliseconds.
const NAP = 0.05;
// The pages of the system, and how much of a memory is made ready, in bytes.
const PAGE = 4096;
const TOUCHED = 1 << 14;
// The lines of the caches, and how much of a memory is brought there.
const LINE = 64;
const SEEN = 1 << 9;
// The most random turns to wait after the barrier.
const DELAYS = [0, 8, 32, 128, 512];

const decoded = (bytes) => new WebAssembly.Module(Buffer.from(bytes, "base64"));

function argument(value) {
  if (value.i32 !== undefined) return Number(value.i32) | 0;
  if (value.i64 !== undefined) return BigInt.asIntN(64, BigInt(value.i64));
  if (value.f32 !== undefined) return new Float32Array(Uint32Array.of(Number(value.f32)).buffer)[0];
  if (value.f64 !== undefined) return new Float64Array(BigUint64Array.of(BigInt(value.f64)).buffer)[0];
  if (value.ref === "null") return null;
  throw new Misuse("not an argument here: " + JSON.stringify(value));
}

function result(type, value) {
  switch (type) {
    case "i32":
      return { i32: value | 0 };
    case "i64":
      return { i64: String(value) };
    case "f32":
      return { f32: new Uint32Array(Float32Array.of(value).buffer)[0] };
    case "f64":
      return { f64: String(new BigUint64Array(Float64Array.of(value).buffer)[0]) };
    default:
      if (value === null) return { ref: "null" };
      if (typeof value === "number" && type === "any") return { i31: value & 0x7fffffff };
      if (type === "extern") return { extern: null };
      if (type === "any") throw new Misuse("a reference of which JavaScript cannot tell the kind");
      return { ref: type };
  }
}

// What a call gave, as JSON.
function shown(types, value) {
  if (types.length === 0) return '{"values":[]}';
  if (types.length === 1) return JSON.stringify({ values: [result(types[0], value)] });
  return JSON.stringify({ values: types.map((type, i) => result(type, value[i])) });
}

// What a thread does before it begins, in one run: its instances by their numbers, with those that it was given.
function prepare(steps, modules, instances) {
  for (const step of steps) {
    if (step.instantiate !== undefined) {
      const { instance, module, imports } = step.instantiate;
      const from = Object.create(null);
      for (const [name, number] of Object.entries(imports)) from[name] = instances[number];
      instances[instance] = new WebAssembly.Instance(modules[module], from).exports;
    } else {
      const call = bound(step.call, instances);
      try {
        call.run(...call.args);
      } catch (error) {
        // As in a script, what comes next does not depend on it. What is no end of a call is a mistake of ours.
        const ended = end(error);
        if (ended.crash !== undefined || ended.misuse !== undefined) throw error;
      }
    }
  }
}

// A call that can be made without looking anything up.
function bound(call, instances) {
  const found = instances[call.instance][call.name];
  if (call.args === null) return { run: () => found.value, args: [], results: call.results };
  if (typeof found !== "function") throw new Misuse(`the export ${JSON.stringify(call.name)} is not a function`);
  return { run: found, args: call.args.map(argument), results: call.results };
}

// Waits until all have come here for the `round`th time.
function meet(words, parties, patience, round) {
  if (Atomics.add(words, ARRIVED, 1) === round * parties - 1) {
    Atomics.store(words, GONE, round);
    if (patience === LITTLE_PATIENCE) Atomics.notify(words, GONE);
    return;
  }
  for (let turns = 0; Atomics.load(words, GONE) < round; turns++) {
    if (turns >= patience) Atomics.wait(words, GONE, round - 1, NAP);
  }
}

// A meeting that takes less, in milliseconds, is one of threads that are running at the same time.
const QUICK = 0.004;
// How many meetings in a row have to be quick, and how long to try, in milliseconds: before a batch, for threads that were
// woken by the same one may be on its processor, and the system has to see that they need others; and before each run, for
// a thread that was interrupted, or has taken a nap, comes late.
const BATCH = { meetings: 32, longest: 10 };
const RUN = { meetings: 1, longest: 0.5 };

// All threads meet until that is quick, or once if they never have a processor each. One of them takes the time; what it
// writes before a meeting, the others see after it. Returns the next round.
function together({ words, parties, patience }, round, takesTime, { meetings, longest }) {
  const begin = takesTime ? performance.now() : 0;
  let last = begin;
  for (let quick = 0; ; ) {
    meet(words, parties, patience, round++);
    if (takesTime) {
      const now = performance.now();
      quick = now - last < QUICK ? quick + 1 : 0;
      last = now;
      if (quick >= meetings || now - begin > longest || patience === LITTLE_PATIENCE) Atomics.store(words, AWAKE, round);
    }
    meet(words, parties, patience, round++);
    if (Atomics.load(words, AWAKE) === round - 1) return round;
  }
}

let idle = 0;

// Makes the calls of all runs of a batch together with the other threads. Also returns the next round.
function race(barrier, first, all, takesTime) {
  const runs = all.length;
  const delays = Array.from(all, () => Math.floor(Math.random() * DELAYS[Math.floor(Math.random() * DELAYS.length)]));
  const got = Array.from(all, (calls) => new Array(calls.length));
  const failed = Array.from(all, (calls) => new Array(calls.length).fill(false));
  let round = together(barrier, first, takesTime, BATCH);
  for (let i = 0; i < runs; i++) {
    const calls = all[i];
    const values = got[i];
    const delay = delays[i];
    round = together(barrier, round, takesTime, RUN);
    for (let turn = 0; turn < delay; turn++) idle = (idle + turn) | 0;
    for (let c = 0; c < calls.length; c++) {
      const { run, args } = calls[c];
      try {
        values[c] = args.length === 0 ? run() : run(...args);
      } catch (error) {
        values[c] = error;
        failed[i][c] = true;
      }
    }
  }
  const seen = all.map((calls, i) =>
    calls.map(({ results }, c) => (failed[i][c] ? JSON.stringify(end(got[i][c])) : shown(results, got[i][c]))),
  );
  return { seen, round };
}

// What can be handed to a worker of an export: a memory as it is, of a global its value.
function shareable(found) {
  if (found instanceof WebAssembly.Memory) touch(found);
  return found instanceof WebAssembly.Global ? found.value : found;
}

const beginning = (memory) => new Uint8Array(memory.buffer, 0, Math.min(memory.buffer.byteLength, TOUCHED));

// Writes what is there into the first pages of a memory, for the system to provide them: a thread that is the first to
// touch a page is so late that it does not race.
function touch(memory) {
  const bytes = beginning(memory);
  for (let at = 0; at < bytes.length; at += PAGE) Atomics.or(bytes, at, 0);
}

// Reads the beginning of a memory. Where several processors have read a location, a write has to wait for all of them,
// and there is time for later reads to overtake it.
function look(memory) {
  const bytes = beginning(memory);
  for (let at = 0; at < bytes.length; at += PAGE) idle = (idle + Atomics.load(bytes, at)) | 0;
  for (let at = 0; at < bytes.length && at < SEEN; at += LINE) idle = (idle + Atomics.load(bytes, at)) | 0;
}

// A worker with the answers that it has given and nobody has taken yet.
class Thread {
  constructor(data) {
    this.worker = new Worker(new URL(import.meta.url), { workerData: data });
    this.answers = [];
    this.worker.on("message", (answer) => this.answer(answer));
    this.worker.on("error", (error) => this.answer({ end: end(error) }));
    this.worker.on("messageerror", (error) => this.answer({ end: end(error) }));
  }

  answer(answer) {
    if (this.taker === undefined) this.answers.push(answer);
    else this.taker(answer);
    this.taker = undefined;
  }

  // Hands something to it. Deno cannot do that with structures.
  tell(message) {
    try {
      this.worker.postMessage(message);
    } catch (error) {
      throw new Broken({ unsupported: `to hand this to a worker: ${error.message}` });
    }
  }

  // What it answers next.
  async next() {
    const answer = this.answers.length > 0 ? this.answers.shift() : await new Promise((taker) => (this.taker = taker));
    if (answer.end !== undefined) throw new Broken(answer.end);
    return answer;
  }
}

// How something ended that is no call, and so ends all.
class Broken extends Error {
  constructor(ended) {
    super(JSON.stringify(ended));
    this.ended = ended;
  }
}

// What each of them answers next; no more is waited for when one of them is broken.
const answers = (threads) => Promise.all(threads.map((thread) => thread.next()));

async function main({ modules, main, threads, runs, batch, milliseconds }) {
  const begin = performance.now();
  const compiled = modules.map(decoded);
  const words = new Int32Array(new SharedArrayBuffer(WORDS * 4));
  const parties = threads.length + (main.beside.length > 0 ? 1 : 0);
  const barrier = { words, parties, patience: parties <= availableParallelism() ? PATIENCE : LITTLE_PATIENCE };
  // One after the other: where structures can be shared, Node comes to a standstill at times when several begin at once.
  const workers = [];
  for (const [t, thread] of threads.entries()) {
    const own = thread.modules.map((i) => [i, modules[i]]);
    workers.push(new Thread({ thread, modules: own, barrier, takesTime: t === 0 }));
    await answers(workers.slice(-1));
  }
  let round = 1;
  for (let done = 0; done < runs && performance.now() - begin < milliseconds; ) {
    const now = Math.min(batch, runs - done);
    const instances = [];
    for (let i = 0; i < now; i++) {
      instances.push([]);
      prepare(main.before, compiled, instances[i]);
    }
    workers.forEach((worker, t) => {
      const given = instances.map((of) => threads[t].needs.map(([instance, name]) => shareable(of[instance][name])));
      worker.tell({ first: round, given });
    });
    await answers(workers);
    workers.forEach((worker) => worker.tell({ race: true }));
    let own;
    if (main.beside.length > 0) {
      const calls = instances.map((of) => main.beside.map((call) => bound(call, of)));
      own = race(barrier, round, calls, false).seen;
    }
    const got = await answers(workers);
    round = got[0].round;
    const counts = new Map();
    for (let i = 0; i < now; i++) {
      const seen = [];
      main.beside.forEach((call, c) => (seen[call.number] = own[i][c]));
      threads.forEach((thread, t) => thread.calls.forEach((call, c) => (seen[call.number] = got[t].seen[i][c])));
      for (const call of main.after) {
        const { run, args, results } = bound(call, instances[i]);
        try {
          seen[call.number] = shown(results, run(...args));
        } catch (error) {
          seen[call.number] = JSON.stringify(end(error));
        }
      }
      const key = "[" + seen.join(",") + "]";
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    done += now;
    write({ batch: { runs: now, seen: [...counts].map(([calls, n]) => [JSON.parse(calls), n]) } });
  }
}

// A worker: it makes its instances when it is given what is shared, and then its calls when it is told to.
function work({ thread, modules, barrier, takesTime }) {
  const compiled = [];
  for (const [i, bytes] of modules) compiled[i] = decoded(bytes);
  let ready;
  const answer = (make) => {
    try {
      parentPort.postMessage(make());
    } catch (error) {
      parentPort.postMessage({ end: end(error) });
    }
  };
  parentPort.on("message", (message) =>
    answer(() => {
      if (message.race) ready.memories.forEach(look);
      if (message.race) return race(barrier, ready.first, ready.calls, takesTime);
      const calls = message.given.map((given) => {
        const instances = [];
        thread.needs.forEach(([instance, name], i) => {
          instances[instance] ??= Object.create(null);
          instances[instance][name] = given[i];
        });
        prepare(thread.before, compiled, instances);
        return thread.calls.map((call) => bound(call, instances));
      });
      const memories = message.given.flat().filter((given) => given instanceof WebAssembly.Memory);
      ready = { first: message.first, calls, memories };
      return {};
    }),
  );
  answer(() => ({}));
}

if (isMainThread) {
  try {
    write({ hello: engine });
    await main(requests().next().value);
    write("done");
  } catch (error) {
    write({ end: error instanceof Broken ? error.ended : end(error) });
  }
  process.exit(0);
} else {
  work(workerData);
}
