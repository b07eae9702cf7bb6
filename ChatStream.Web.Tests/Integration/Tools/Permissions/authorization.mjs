// An authorization server: npm's oidc-provider. Its login form takes any user name. Tokens are opaque and end soon.
// It gives refresh tokens that can be used once: a second use ends the whole grant, as OAuth 2.1 asks for.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const { port, redirectUri, resource, tokenLifetime } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "chatstream",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: [redirectUri],
    },
  ],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  cookies: { keys: ["a key of the tests"] },
  issueRefreshToken: () => true,
  rotateRefreshToken: () => true,
  scopes: ["tickets"],
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, asked) => {
        if (asked !== resource) throw new Error("another resource");
        return { audience: resource, scope: "tickets", accessTokenFormat: "opaque", accessTokenTTL: tokenLifetime };
      },
    },
  },
});

for (const event of ["grant.success", "grant.error"])
  provider.on(event, (ctx) => console.log(`${event} ${ctx?.oidc?.params?.grant_type ?? ""}`));

const users = new Map();
provider.on("grant.success", ({ oidc }) => users.set(oidc.entities.Grant.jti, oidc.entities.Grant.accountId));
provider.on("grant.revoked", (_, grantId) => console.log(`revoked of ${users.get(grantId)}`));

createServer(provider.callback()).listen(port, "127.0.0.1", () => console.log(`listening ${issuer}`));
