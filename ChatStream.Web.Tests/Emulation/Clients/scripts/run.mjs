// Asks questions with one client, one after the other, and prints a JSON line for each: what the client told of the answer.
// The argument: {"package", "surface", "endpoint", "questions": [{"name", "message", "isStreamed", "key", "deployment",
// "hasTools"}]}. The script of a package exports, for each surface, a function that asks one question. It resolves to {"text",
// "refusal", "reasoning", "finish", "usage": {"input", "output", "reasoning"}, "tools": [{"id", "name", "arguments"}]}, or
// rejects with the package's own error. describe() turns that into {"type", "status", "code", "param", "requestId",
// "retryAfter", "message"}.
const task = JSON.parse(process.argv[2]);
const { surfaces, describe } = await import(`./${task.package}.mjs`);
const ask = surfaces[task.surface];

for (const question of task.questions) {
  const told = { name: question.name };
  try {
    Object.assign(told, await ask(task.endpoint, question));
  } catch (fault) {
    told.fault = describe(fault);
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
process.exit();
