import { button, element, icon, refusalOf, sheet } from "./elements";
import { find } from "./given";
import { type Outcome, send } from "./requests";
import { forgetTyped, keepTyped } from "./typed-texts";

type Say = (name: string, ...values: string[]) => string;

export interface Folder {
  id: string;
  name: string;
  colour?: string | undefined;
  instructions?: string | undefined;
}

const colours = ["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"];

/** Makes a folder, or changes one. `done` is called when the server has it, or has removed it. */
export function editFolder(say: Say, folder: Folder | undefined, done: (id: string | undefined) => void): void {
  const name = element("input", { name: "name", maxLength: 80, required: true, autocomplete: "off", dir: "auto" });
  name.value = folder?.name ?? "";
  const text = element("textarea", { name: "instructions", rows: 4, maxLength: 10_000, dir: "auto" });
  text.value = folder?.instructions ?? "";
  const place = `folder ${folder?.id ?? ""}`;
  for (const field of [name, text]) keepTyped(place, field);
  const fault = element("p", { className: "fault", hidden: true });
  fault.setAttribute("role", "alert");
  const save = element("button", { type: "submit", className: "primary" }, say("folder.save"));
  const form = element(
    "form",
    { className: "folder-form", autocomplete: "off" },
    element("label", {}, say("folder.name"), name),
    swatches(say, folder?.colour),
    element("label", {}, say("folder.instructions"), text),
    element("p", { className: "about" }, say("folder.instructions.about")),
    fault,
    element(
      "div",
      { className: "controls" },
      button(say("cancel"), () => leave()),
      save,
    ),
  );
  const dialog = sheet(say(folder ? "folder.edit" : "folder.new"), say("close"), form);
  const leave = () => {
    forgetTyped(place);
    dialog.close();
  };
  const tell = (outcome: Outcome<unknown>) => {
    const { code, numbers } = outcome.problem ?? {};
    fault.textContent = refusalOf(code, numbers, say("folder.not-saved"));
    fault.hidden = false;
  };
  if (folder) {
    let isAsked = false;
    const remove = button(say("folder.delete"), () => {
      if (isAsked) return void removeFolder();
      isAsked = true;
      remove.textContent = say("folder.delete-sure");
    });
    remove.className = "quiet danger";
    find(form, ".controls").prepend(remove);
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const colour = form.querySelector<HTMLInputElement>("[name=colour]:checked")?.value || null;
    const instructions = text.value.trim() ? text.value : null;
    const outcome = await (folder
      ? send<Folder>("PATCH", `folders/${folder.id}`, { name: name.value, colour, instructions })
      : send<Folder>("POST", "folders", {
          name: name.value,
          ...(colour && { colour }),
          ...(instructions && { instructions }),
        }));
    if (!outcome.body) return tell(outcome);
    leave();
    done(outcome.body.id);
  });
  name.focus();

  async function removeFolder(): Promise<void> {
    const outcome = await send("DELETE", `folders/${folder!.id}`);
    if (outcome.problem && outcome.problem.status !== 404) return tell(outcome);
    leave();
    done(undefined);
  }
}

function swatches(say: Say, chosen: string | undefined): HTMLElement {
  const all = ["", ...colours].map((colour) => {
    const input = element("input", { type: "radio", name: "colour", value: colour, checked: colour === (chosen ?? "") });
    input.ariaLabel = say(`colour.${colour || "none"}`);
    return element("label", { title: input.ariaLabel, data: { colour } }, input);
  });
  return element("fieldset", { className: "swatches" }, element("legend", {}, say("folder.colour")), ...all);
}

/** Asks into which folder conversations are to be moved. @param now The folder that all of them stand in. */
export function chooseFolder(say: Say, folders: Folder[], now: string | undefined, choose: (id: string | null) => void): void {
  const choices: [string, string, string | undefined][] = [
    ["", say("move.none"), undefined],
    ...folders.map(({ id, name, colour }): [string, string, string | undefined] => [id, name, colour]),
    ["archive", say("move.archive"), undefined],
  ];
  const rows = choices.map(([id, name, colour]) => {
    const input = element("input", { type: "radio", name: "folder", value: id, checked: id === (now ?? "") });
    const sign = icon(id === "archive" ? "archive" : id ? "folder" : "close");
    const label = element("label", { data: { colour: colour ?? "" } }, input, sign, element("span", { dir: "auto" }, name));
    return label;
  });
  const form = element(
    "form",
    { className: "move-form" },
    element("div", { className: "choices" }, ...rows),
    element(
      "div",
      { className: "controls" },
      button(say("move.new"), () => {
        dialog.close();
        editFolder(say, undefined, (id) => id && choose(id));
      }),
      element("button", { type: "submit", className: "primary" }, say("move.here")),
    ),
  );
  const dialog = sheet(say("move.title"), say("close"), form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const id = form.querySelector<HTMLInputElement>("[name=folder]:checked")?.value;
    dialog.close();
    if (id !== undefined) choose(id || null);
  });
  (form.querySelector<HTMLElement>("[name=folder]:checked") ?? find(form, "[name=folder]")).focus();
}
