import { find } from "./dom";
import { request } from "./request";
import { routes } from "./routes";
import { word } from "./words";

/** Sends a file as soon as the user chooses it, and shows the server's answer. */
export function offerImport(): void {
  const input = find<HTMLInputElement>(document, "#import");
  const refusal = find(document, "#import-refusal");
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    refusal.hidden = true;
    input.disabled = true;
    const status = await send(file);
    input.disabled = false;
    // Without this, choosing the same file again would not be a change.
    input.value = "";
    if (status === 201) return;
    refusal.textContent = word(status === 400 ? "script.import-not-json" : "script.import-refused");
    refusal.hidden = false;
  });
}

async function send(file: File): Promise<number | undefined> {
  try {
    const response = await request(routes.import, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: file,
    });
    const id = response.headers.get("Location")?.split("/").at(-1);
    if (response.status === 201 && id) location.assign(routes.conversation(id));
    return response.status;
  } catch {
    return undefined;
  }
}
