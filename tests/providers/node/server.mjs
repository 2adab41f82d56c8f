// A certified OpenID provider: node server.mjs PORT REDIRECT_URI CLIENT_SECRET
import Provider from 'oidc-provider';

const [port, redirectUri, clientSecret] = process.argv.slice(2);

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: 'gatefold',
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  acrValues: ['urn:example:two-factors'],
  cookies: { keys: ['only for tests'] },
  findAccount: (_context, subject) => ({
    accountId: subject,
    claims: () => ({ sub: subject, name: `${subject} of the certified house`, email: `${subject}@example.org`, email_verified: true }),
  }),
});

// Whoever is called ada has a second factor, and uses it where it is asked for.
const finished = provider.interactionFinished.bind(provider);
provider.interactionFinished = async (request, response, result, options) => {
  const { params } = await provider.interactionDetails(request, response);
  if (result.login?.accountId === 'ada' && params.acr_values) {
    result.login.acr = params.acr_values.split(' ')[0];
  }
  return finished(request, response, result, options);
};

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
