import {
  app,
  arrival,
  browser,
  compression,
  departed,
  type Fault,
  type Finding,
  headers,
  type ProxyKind,
  proxies,
  refused,
  silent,
  skipped,
  stopped,
} from "./findings";
import { departure, type Steady, silence, steady, stop } from "./measures";
import { Refused, type Tools } from "./trial";

// Not the chat page's own: a module that both have would be one more file for the chat page to load.
function find<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const element = root.querySelector<T>(selector);
  if (!element) throw new Error(`The page has no ${selector}`);
  return element;
}

const page = find(document, ".diagnosis");
const again = find<HTMLButtonElement>(page, "button");
const progress = find(page, "[role=status]");
const base = document.body.dataset["base"]!;
const words = new Map(
  [...find<HTMLTemplateElement>(document, "template#words").content.querySelectorAll<HTMLElement>("[data-word]")].map(
    (element) => [element.dataset["word"]!, element.textContent],
  ),
);
const number = new Intl.NumberFormat(document.documentElement.lang);
const tools: Tools = {
  fetch: (...request) => fetch(...request),
  now: () => performance.now(),
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

const say = (name: string, ...values: Finding["values"]) =>
  words.get(`trial.${name}`)!.replace(/\{(\d)\}/g, (_, at: string) => {
    const value = values[Number(at)]!;
    return typeof value === "number" ? number.format(value) : value;
  });

function show({ check, state, word: name, values }: Finding) {
  const row = find(page, `[data-check=${check}]`);
  row.dataset["state"] = state;
  find(row, ".value").textContent = say(name, ...values);
  find(row, ".state").textContent = say(state);
}

function clear() {
  for (const row of page.querySelectorAll<HTMLElement>("[data-check]")) {
    delete row.dataset["state"];
    for (const part of row.querySelectorAll(".value, .state")) part.textContent = "";
  }
  showCures([], new Set());
}

/** The settings against each fault: those of the proxies that were found, or of all where none has left a trace. */
function showCures(faults: Fault[], found: Set<ProxyKind>) {
  find(page, ".cures").hidden = faults.length === 0;
  for (const section of page.querySelectorAll<HTMLElement>("[data-fault]")) {
    section.hidden = !faults.includes(section.dataset["fault"] as Fault);
    for (const cure of section.querySelectorAll<HTMLElement>("[data-proxy]"))
      cure.hidden = found.size > 0 && !found.has(cure.dataset["proxy"] as ProxyKind);
  }
}

async function measure() {
  clear();
  again.disabled = true;
  progress.textContent = say("measuring");
  const findings: Finding[] = [];
  const take = (...more: Finding[]) => {
    findings.push(...more);
    more.forEach(show);
  };
  let seen: Steady | undefined;
  try {
    seen = await steady(base, tools);
    const came = arrival(seen);
    take(came, compression(seen), headers(seen), browser(seen), app(seen));
    if (came.word === "held") take(skipped("stop"), skipped("silence"), skipped("departure"));
    else await watch(take);
  } catch (error) {
    take(refused(error instanceof Refused ? error.status : 0));
  }
  const faults = findings.flatMap(({ fault }) => fault ?? []);
  showCures(faults, seen ? proxies(seen, faults) : new Set());
  const bad = findings.filter(({ state }) => state === "bad").length;
  progress.textContent = bad === 0 ? say("well") : say("faults", bad);
  again.disabled = false;
  again.textContent = say("again");
  page.dataset["done"] = "";
}

async function watch(take: (finding: Finding) => void) {
  take(stopped(await stop(base, tools)));
  const { trial, seen } = await silence(base, Number(page.dataset["silence"]) * 1_000, tools);
  take(silent(seen, trial.start.keepAlive));
  take(seen.isCut ? skipped("departure") : departed(await departure(base, trial, tools)));
}

again.addEventListener("click", () => {
  delete page.dataset["done"];
  void measure();
});
again.hidden = false;
