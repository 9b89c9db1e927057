// A real OpenID provider for the tests: two people, two keys of which one signs, and a control address beside it.
// Takes its port, its clients' return addresses and where to listen for orders as JSON in argv[2]; says one JSON line when ready.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const given = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${given.port}${given.path ?? ''}`;
const people = structuredClone(given.people);

function key(kid) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

// Keys sign in the order given; a rotation puts another one first and lets the oldest go.
let keys = [key('first'), key('second')];
let made = 2;

function configured() {
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: given.clients,
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id].claims }) },
    // Claims of a scope come in the id token, as most providers can be told to send them.
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'tid', 'groups', 'amr', 'acr'], profile: ['name', 'preferred_username'], email: ['email'] },
    acrValues: ['gold'],
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          scope: 'use',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
          accessTokenTTL: given.lasts,
        }),
      },
      clientCredentials: { enabled: true },
    },
    extraTokenClaims: (_, token) => (token.accountId ? people[token.accountId].claims : undefined),
    interactions: { url: (_, interaction) => `${new URL(issuer).pathname.replace(/\/$/, '')}/as/${interaction.uid}` },
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    ttl: { AccessToken: given.lasts, AuthorizationCode: 60, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
    renderError: (ctx, out) => { ctx.type = 'json'; ctx.body = out; },
  });
  return provider;
}

let provider = configured();
let counted = {};

// Whoever comes to the interaction's address says in the query who they are; nobody types a password in these tests.
async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const who = session?.accountId ?? people[params.login_hint]?.id ?? params.login_hint ?? given.person;
  if (!people[who]) {
    return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'nobody' });
  }
  const grant = new provider.Grant({ accountId: who, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  for (const resource of [params.resource ?? []].flat()) grant.addResourceScope(resource, 'use');
  const consent = { grantId: await grant.save() };
  const login = { accountId: who, amr: people[who].claims.amr, acr: people[who].claims.acr };
  return provider.interactionFinished(request, response, prompt.name === 'login' ? { login, consent } : { consent });
}

const orders = {
  // Another person at the next sign-in, other claims of a person, another key, an answer that is none.
  person: (to) => { given.person = to; },
  claims: ({ id, claims }) => { Object.assign(people[id].claims, claims); },
  rotate: () => { made += 1; keys = [key(`key ${made}`), keys[0]]; provider = configured(); },
  counted: () => counted,
  broken: (to) => { broken = to; },
};
let broken = {};

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  counted[pathname] = (counted[pathname] ?? 0) + 1;
  if (request.method === 'POST' && pathname === '/orders') {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { order, to } = JSON.parse(Buffer.concat(parts).toString());
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(orders[order](to) ?? null));
  }
  if (broken[pathname]) {
    const { status, headers, body } = broken[pathname];
    response.writeHead(status, headers);
    return response.end(body);
  }
  if (pathname.includes('/as/')) return interact(request, response);
  return provider.callback()(request, response);
}).listen(given.port, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ issuer })}\n`));
