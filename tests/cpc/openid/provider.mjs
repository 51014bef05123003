// A real OpenID provider on this machine, for tests: people choose who they are, and the provider states how they signed
// in. Its standard input is one JSON object: port, client, and people by name. It prints its issuer when it listens.

import { createServer } from "node:http";
import Provider from "oidc-provider";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { port, client, people } = JSON.parse(chunks.join(""));
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [client],
  acrValues: [...new Set(Object.values(people).map((person) => person.acr))],
  claims: { openid: ["sub"], email: ["email", "email_verified"], acr: null, amr: null, auth_time: null },
  conformIdTokenClaims: false,
  cookies: { keys: ["only for tests"] },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      logoutSource(context, form) {
        context.body = `<!doctype html><html lang="en"><title>Provider</title>${form}
          <button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button></html>`;
      },
    },
  },
  pkce: { required: () => true },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  async findAccount(_context, name) {
    const { sub, email, email_verified } = people[name];
    return { accountId: name, claims: () => ({ sub, email, email_verified }) };
  },
  async loadExistingGrant(context) {
    const { Client: _, session, client: asking } = context.oidc;
    const grant = new context.oidc.provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid email");
    await grant.save();
    return grant;
  },
});

const serve = provider.callback();

function page(people) {
  const buttons = Object.keys(people).map((name) => `<button name="who" value="${name}">${name}</button>`);
  return `<!doctype html><html lang="en"><title>Provider</title><h1>Who are you?</h1><form method="post">${buttons.join("")}
    <button name="who" value="">Cancel</button></form></html>`;
}

createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) {
    serve(request, response);
    return;
  }
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html");
    response.end(page(people));
    return;
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const name = new URLSearchParams(body).get("who");
  const person = people[name];
  const result = person
    ? { login: { accountId: name, acr: person.acr, amr: person.amr } }
    : { error: "access_denied", error_description: "canceled" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}).listen(port, "127.0.0.1", () => console.log(issuer));
