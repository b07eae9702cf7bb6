// Reads answers with one client, all at once, and prints a JSON line for each: {"path", "text", "finish", "fault"}.
// The argument: {"client", "server", "headers", "paths"}. The script of a client exports a function that reads one answer:
// it hands each event to take(name, data), and its promise ends with the answer.
const { client, server, headers, paths } = JSON.parse(process.argv[2]);
const { default: read } = await import(`./${client}.mjs`);

// Some packages do not keep Node.js running while they wait to reconnect.
setInterval(() => {}, 60_000);

await Promise.all(paths.map(async (path) => {
  const seen = { path, text: '', finish: '', fault: null };
  const take = (name, data) => {
    if (name === 'message') seen.text += JSON.parse(data).text;
    if (name === 'finish') seen.finish += data;
  };
  try {
    await read(new URL(path, server).href, headers, take);
  } catch (fault) {
    seen.fault = String(fault);
  }
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}));
process.exit();
