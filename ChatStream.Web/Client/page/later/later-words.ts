import { connection, routes } from "./given";

let loading: Promise<Record<string, string>> | undefined;

/** Words that few users need. They come from the server with the first one. */
async function load(): Promise<Record<string, string>> {
  loading ??= connection.fetch(routes.words, {}).then((response) => response.json() as Promise<Record<string, string>>);
  try {
    return await loading;
  } catch {
    loading = undefined;
    return {};
  }
}

/** A function for words in the language of the page. One that has not come is empty. */
export async function laterWords(): Promise<(name: string, ...values: string[]) => string> {
  const words = await load();
  return (name, ...values) => (words[`later.${name}`] ?? "").replace(/\{(\d)\}/g, (_, at: string) => values[Number(at)] ?? "");
}
