import { connection, find, hasWord, number, readProblem, routes, word } from "./given";

/** Sends the file that the user has chosen, and shows the server's answer. */
export async function importFile(input: HTMLInputElement, open: (conversationId: string) => void): Promise<void> {
  const refusal = find(document, "#import-refusal");
  const file = input.files?.[0];
  if (!file) return;
  refusal.hidden = true;
  input.disabled = true;
  const refused = await send(file, open);
  input.disabled = false;
  // Without this, choosing the same file again would not be a change.
  input.value = "";
  refusal.textContent = refused ?? "";
  refusal.hidden = refused === undefined;
}

/** Returns why the file was refused; undefined if it was not. */
async function send(file: File, open: (conversationId: string) => void): Promise<string | undefined> {
  try {
    const response = await connection.fetch(routes.import, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: file,
    });
    const id = response.headers.get("Location")?.split("/").at(-1);
    if (response.status === 201) {
      if (id) open(id);
      return undefined;
    }
    const { code, numbers } = await readProblem(response, connection);
    if (code && hasWord(`refused.${code}`)) return word(`refused.${code}`, ...(numbers ?? []).map(number));
    return word(response.status === 400 ? "script.import-not-json" : "script.import-refused");
  } catch {
    return word("script.import-refused");
  }
}
