// An OpenID Connect provider. Its login form takes any user name; groups and tenant are in the name: "alice@staff,chat/contoso".
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const { port, app, tokenLifetime } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const api = "api://chatstream";

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "chatstream",
      client_secret: "a-secret-of-the-tests",
      redirect_uris: [`${app}signin-oidc`],
      post_logout_redirect_uris: [`${app}signout-callback-oidc`],
    },
    {
      client_id: "program",
      client_secret: "another-secret-of-the-tests",
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
    },
  ],
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups", "tid"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => {
      const [, name, groups, tenant] = /^([^@/]*)@?([^/]*)\/?(.*)$/.exec(id);
      return { sub: id, name: `${name} of the tests`, preferred_username: name, groups: groups.split(","), tid: tenant };
    },
  }),
  cookies: { keys: ["a key of the tests"] },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_, client) => (client.clientId === "program" ? api : undefined),
      getResourceServerInfo: (_, resource) => ({
        audience: resource,
        scope: "chat other ended later elsewhere staff stranger",
        accessTokenFormat: "jwt",
        accessTokenTTL: tokenLifetime ?? 600,
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  // A token for the scope "ended" has ended ten minutes ago, one for "later" begins in ten minutes, and one for "elsewhere" names
  // another issuer. One for "staff" or "stranger" is of another user, who is in this group.
  formats: {
    customizers: {
      jwt: (_, token, { payload }) => {
        if (token.scope?.includes("ended")) payload.exp -= (tokenLifetime ?? 600) + 600;
        if (token.scope?.includes("later")) payload.nbf = payload.iat + 600;
        if (token.scope?.includes("elsewhere")) payload.iss = "https://elsewhere.example";
        for (const group of ["staff", "stranger"]) {
          if (token.scope?.includes(group)) Object.assign(payload, { sub: `one-of-${group}`, groups: [group] });
        }
      },
    },
  },
  scopes: ["openid", "profile", "chat", "other", "ended", "later", "elsewhere", "staff", "stranger"],
});

createServer(provider.callback()).listen(port, "127.0.0.1", () => console.log(`listening ${issuer}`));
