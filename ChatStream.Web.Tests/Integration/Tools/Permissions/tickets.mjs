// A server of the Model Context Protocol that is a protected resource: it asks the authorization server who bears each token.
// It prints each call. A file REFUSE beside it makes it refuse all tokens.
import { existsSync } from "node:fs";
import { createServer } from "node:http";

const { port, authorization, refuse } = JSON.parse(process.argv[2]);
const origin = `http://127.0.0.1:${port}`;
const resource = `${origin}/mcp`;

const send = (response, status, body, headers = {}) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
};

async function userOf(request) {
  const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
  if (!token || existsSync(refuse)) return undefined;
  const asked = await fetch(`${authorization}/token/introspection`, {
    method: "POST",
    body: new URLSearchParams({ token, client_id: "chatstream" }),
  });
  const { active, sub, aud } = await asked.json();
  return active && aud === resource ? sub : undefined;
}

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "tickets", version: "1" },
  }),
  "tools/list": () => ({
    tools: [
      { name: "mine", description: "The user's tickets.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
    ],
  }),
  "tools/call": (_, user) => {
    console.log(`call of ${user}`);
    return { content: [{ type: "text", text: `tickets of ${user}` }] };
  },
};

createServer(async (request, response) => {
  if (request.url === "/.well-known/oauth-protected-resource/mcp")
    return send(response, 200, { resource, authorization_servers: [authorization], scopes_supported: ["tickets"] });
  if (request.url !== "/mcp") return send(response, 404);
  const user = await userOf(request);
  if (user === undefined) {
    console.log("refused");
    return send(response, 401, undefined, {
      "www-authenticate": `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
    });
  }
  if (request.method !== "POST") return send(response, 405);
  let body = "";
  for await (const chunk of request) body += chunk;
  const { id, method, params } = JSON.parse(body);
  if (id === undefined) return send(response, 202);
  const answer = answers[method];
  send(response, 200, {
    jsonrpc: "2.0",
    id,
    ...(answer ? { result: answer(params ?? {}, user) } : { error: { code: -32601, message: "There is no such method." } }),
  });
}).listen(port, "127.0.0.1", () => console.log(`listening ${origin}`));
