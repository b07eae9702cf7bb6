// The client that the conformance suite starts: it tells the test where the suite's server is, and ends when the test is through.
const [runner, server] = process.argv.slice(2);
const response = await fetch(runner, {
  method: "POST",
  body: JSON.stringify({ server, context: JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}") }),
});
console.log(await response.text());
process.exit(response.ok ? 0 : 1);
