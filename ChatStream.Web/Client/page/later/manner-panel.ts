import type { Problem } from "../../stream/problem";
import type { MannerBody, StartMembers } from "../../stream/session";
import type { Taken } from "../models";
import { connection, find, hasWord, isSignIn, keptManners, readProblem, routes, word } from "./given";
import { showRecent } from "./recent";
import { follow } from "./temporary";

type Field = HTMLSelectElement | HTMLTextAreaElement;

type Kept = MannerBody & { temporary?: boolean };

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

/** What is stored of a new chat. */
const nothing: Required<MannerBody> = { preset: null, effort: null, verbosity: null, systemPrompt: null };

const members = ["preset", "effort", "verbosity", "systemPrompt"] as const;

const isTemporaryByDefault = () => document.documentElement.dataset["temporary"] === "on";

/** The panel beside the picker of the model, in which the user says how answers are to be. */
export class MannerPanel {
  readonly #panel: HTMLDetailsElement;
  readonly #saved: HTMLElement;
  readonly #temporary: HTMLInputElement;
  /** What was chosen, also where the model does not take it. */
  #chosen: Required<MannerBody>;
  /** What the server has. */
  #stored: Required<MannerBody>;
  #taken: Taken;
  /** Another object for each conversation. */
  #visit = {};
  /** Under which id it is kept what was chosen and the server does not have. */
  #id: string;

  constructor(
    form: HTMLElement,
    taken: Taken,
    private readonly conversationId: () => string | undefined,
  ) {
    this.#panel = find(form, ".manner");
    this.#saved = find(this.#panel, ".saved");
    this.#temporary = find(this.#panel, "[name=temporary]");
    this.#taken = taken;
    this.#id = conversationId() ?? "";
    this.#stored = this.#id ? this.#read(this.#panel) : nothing;
    // The user may have begun before this script was there.
    this.#chosen = this.#readNow();
    // What a link begins with goes first.
    const isKept = !this.#panel.dataset["begin"] && this.#takeKept();
    if (this.#panel.open) place(this.#panel);
    if (isKept || this.#temporary.checked) this.#show();
    this.#saveRest();
    this.#panel.addEventListener("change", ({ target }) => this.#changed(target as Field));
    this.#panel.addEventListener("toggle", () => {
      this.#offerTemporary();
      if (this.#panel.open) place(this.#panel);
    });
    addEventListener("resize", () => this.#panel.open && place(this.#panel));
    const closeOutside = ({ target }: Event) => {
      if (!(target instanceof Node && this.#panel.contains(target))) this.#panel.open = false;
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
  }

  /** What the next start must say, because the server does not have it. What the model does not take would be refused. */
  get forStart(): StartMembers {
    const { effort, verbosity, ...others } = this.#unsaved;
    return {
      ...others,
      ...((effort === null || (effort && this.#taken.efforts.includes(effort))) && { effort }),
      ...(this.#temporary.checked && !this.conversationId() && { temporary: true as const }),
      ...((verbosity === null || (verbosity && this.#taken.verbosity)) && { verbosity }),
    };
  }

  get #unsaved(): MannerBody {
    return differences(this.#chosen, this.#stored);
  }

  /** Shows what the chosen model takes. */
  fit(taken: Taken): void {
    this.#taken = taken;
    this.#show();
  }

  /** Takes over what the server's page of another conversation has; without a page, nothing is chosen. */
  follow(page: Document | undefined, taken: Taken): void {
    this.#visit = {};
    this.#panel.open = false;
    this.#saved.textContent = "";
    this.#taken = taken;
    const panel = page?.querySelector<HTMLElement>(".manner");
    this.#id = this.conversationId() ?? "";
    this.#stored = this.#chosen = panel ? this.#read(panel) : nothing;
    this.#temporary.checked = isTemporaryByDefault();
    this.#takeKept();
    this.#offerTemporary();
    this.#show();
    showRecent();
    this.#saveRest();
  }

  /** The server has a start with these members. */
  arrived(body: MannerBody): void {
    for (const member of members) if (body[member] !== undefined) this.#stored = { ...this.#stored, [member]: body[member] };
    this.#saved.textContent = "";
    this.#keep();
    this.#show();
  }

  /** Keeps what the server does not have, so that it is there after a visit to another conversation. */
  #keep(): void {
    const id = this.conversationId() ?? "";
    const { checked } = this.#temporary;
    const kept: Kept = { ...this.#unsaved, ...(!id && checked !== isTemporaryByDefault() && { temporary: checked }) };
    // A new chat that has begun is a conversation now.
    if (id !== this.#id) keptManners.write(this.#id, "");
    this.#id = id;
    keptManners.write(id, Object.keys(kept).length ? JSON.stringify(kept) : "");
  }

  /** Returns true if there is something that was kept. */
  #takeKept(): boolean {
    const text = keptManners.read(this.#id);
    const { temporary, ...kept } = JSON.parse(text || "{}") as Kept;
    this.#chosen = { ...this.#chosen, ...kept };
    if (temporary !== undefined) this.#temporary.checked = temporary;
    return text !== "";
  }

  #saveRest(): void {
    if (members.some((member) => this.#chosen[member] !== this.#stored[member])) void this.#save();
    else this.#keep();
  }

  #field(name: (typeof members)[number], panel: ParentNode = this.#panel): Field | null {
    return panel.querySelector<Field>(`[name=${name}]`);
  }

  /** The markup says what was chosen even where the model does not take it, and the fields do not. */
  #read(panel: HTMLElement): Required<MannerBody> {
    const { effort, verbosity } = panel.dataset;
    return {
      preset: panel.querySelector<HTMLOptionElement>("[name=preset] > [selected]")?.value || null,
      effort: effort || null,
      verbosity: verbosity || null,
      systemPrompt: panel.querySelector<HTMLTextAreaElement>("[name=systemPrompt]")?.defaultValue || null,
    };
  }

  #readNow(): Required<MannerBody> {
    const now = { ...this.#stored };
    for (const member of members) {
      const field = this.#field(member);
      if (field && !field.disabled) now[member] = field.value.trim() ? field.value : null;
    }
    return now;
  }

  /** What a conversation is, it stays. */
  #offerTemporary(): void {
    const isOver = Boolean(this.conversationId());
    this.#temporary.parentElement!.hidden = isOver;
    find(this.#panel, "#about-temporary").hidden = isOver;
  }

  #changed(field: Field): void {
    if ((field as HTMLElement) !== this.#temporary)
      this.#chosen = { ...this.#chosen, [field.name]: field.value.trim() ? field.value : null };
    this.#keep();
    this.#show();
    if ((field as HTMLElement) === this.#temporary) return;
    void this.#save();
  }

  async #save(): Promise<void> {
    const conversationId = this.conversationId();
    if (!conversationId) return this.#say(word("script.manner-pending"));
    const visit = this.#visit;
    const change = this.#unsaved;
    const problem = await changeManner(conversationId, change);
    if (visit !== this.#visit) return;
    if (problem === undefined) {
      this.arrived(change);
      return this.#say(word("script.manner-saved"));
    }
    const { code, numbers } = problem;
    const known = code && hasWord(`refused.${code}`);
    this.#say(known ? word(`refused.${code}`, ...(numbers ?? []).map(String)) : word("script.manner-not-saved"));
  }

  #say(text: string): void {
    this.#saved.textContent = text;
  }

  #show(): void {
    const { efforts, verbosity } = this.#taken;
    const { preset, effort, systemPrompt } = this.#chosen;
    this.#offer("effort", efforts);
    this.#offer("verbosity", verbosity ? ["low", "medium", "high"] : []);
    const style = this.#field("preset") as HTMLSelectElement | null;
    if (style) {
      style.value = preset ?? "";
      if (style.selectedIndex < 0) style.value = "";
      find(this.#panel, "#about-preset").textContent = style.selectedOptions[0]?.dataset["about"] ?? "";
    }
    const prompt = this.#field("systemPrompt");
    if (prompt && prompt.value !== (systemPrompt ?? "")) prompt.value = systemPrompt ?? "";
    const now = [
      style?.value && style.selectedOptions[0]?.textContent,
      effort && efforts.includes(effort) && wordOf("effort", effort),
      verbosity && this.#chosen.verbosity && wordOf("verbosity", this.#chosen.verbosity),
      systemPrompt && word("script.own-instructions"),
      this.#temporary.checked && !this.conversationId() && word("script.temporary"),
    ];
    follow(find(document, ".temporary"), this.#temporary.checked && !this.conversationId());
    find(this.#panel, ".now").textContent = now.filter(Boolean).join(word("script.list"));
  }

  #offer(name: "effort" | "verbosity", values: string[]): void {
    const select = this.#field(name) as HTMLSelectElement | null;
    if (!select) return;
    select.replaceChildren(...["", ...values].map((value) => new Option(wordOf(name, value || "default"), value)));
    const value = this.#chosen[name];
    select.value = value && values.includes(value) ? value : "";
    select.hidden = select.disabled = values.length === 0;
    find(this.#panel, `[for=${select.id}]`).hidden = select.hidden;
  }
}

/**
 * Changes how the answers of a stored conversation are to be. Returns why the server did not take it: undefined if it did, and
 * an empty problem if it was not reached.
 */
async function changeManner(conversationId: string, change: MannerBody): Promise<Partial<Problem> | undefined> {
  try {
    const response = await connection.fetch(routes.stored(conversationId), {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(change),
      signal: AbortSignal.timeout(longestWait),
    });
    if (isSignIn(response)) return {};
    return response.ok ? undefined : await readProblem(response, connection);
  } catch {
    return {};
  }
}

/** The distance of the panel from the box, and from the edges of the window, in CSS pixels. */
const gap = 8;

/** Above the box, or below it where there is more room, and never beyond the window. On a small screen a bar is above. */
function place(manner: HTMLElement): void {
  const panel = find(manner, ".manner-panel");
  const box = manner.closest(".box")!.getBoundingClientRect();
  const bar = find(document, ".bar").getBoundingClientRect();
  const above = box.top - (bar.width >= innerWidth ? bar.bottom : 0);
  const below = innerHeight - box.bottom;
  const beside = `calc(100% + ${gap}px)`;
  panel.style.insetBlock = below > above ? `${beside} auto` : `auto ${beside}`;
  panel.style.maxBlockSize = `${Math.max(above, below) - 2 * gap}px`;
}

function differences(chosen: Required<MannerBody>, stored: Required<MannerBody>): MannerBody {
  const different: MannerBody = {};
  for (const member of members) if (chosen[member] !== stored[member]) different[member] = chosen[member];
  return different;
}

function wordOf(kind: string, name: string): string {
  const key = `script.${kind}.${name}`;
  return hasWord(key) ? word(key) : name;
}
