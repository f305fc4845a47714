import { isAddressRange, isEmail, isOrigin } from '../accepts.ts';
import { address, choice, integer, list, optional, secret, text } from '../variable.ts';

/** Keys, sign-in, and who may call from where. */
export const securityVariables = {
  SECRET_KEY: optional(
    secret('Signs sign-in tokens: 32 characters or more, 64 advised. The same on every machine.', {
      derived: 'generated once into DATA_DIR/secrets',
    }),
  ),
  SIGNING_KEY: optional(
    secret('Signs addresses of sound (HMAC-SHA256); shared with back ends that make them.', {
      derived: 'generated once into DATA_DIR/secrets',
    }),
  ),
  INTERNAL_API_KEY: optional(
    secret('Header X-Internal-Key of transcription workers.', {
      derived: 'generated once into DATA_DIR/secrets',
    }),
  ),
  ALGORITHM: choice('Signature of sign-in tokens.', ['HS256', 'HS384', 'HS512'], { default: 'HS256' }),
  ACCESS_TOKEN_EXPIRATION_MINUTE: integer(
    'Minutes that an access token lives.',
    { minimum: 1, maximum: 1440 },
    {
      default: 30,
    },
  ),
  INITIAL_ADMIN_EMAIL: optional(
    text('Administrator made at the first start. Empty: a one-time link is printed.', {
      expects: 'an e-mail address',
      accepts: isEmail,
    }),
  ),
  INITIAL_ADMIN_PASSWORD: optional(secret('Password of that administrator.')),
  ADMIN_PROJECT_NAME: text('Name of the project that each organisation has from the start.', {
    default: 'admin',
    expects: 'a name of 3 to 50 characters',
    accepts: (value) => [...value].length >= 3 && [...value].length <= 50,
  }),
  RATE_LIMIT_PER_MINUTE: integer(
    'API calls per minute and caller.',
    { minimum: 1, maximum: 100_000_000 },
    {
      default: 100,
    },
  ),
  CORS_ORIGINS: optional(
    list(
      'Other sites whose pages may call the API. `*` is refused in production.',
      { expects: 'an origin such as https://radio.example', accepts: isOrigin },
      { aliases: ['BACKEND_CORS_ORIGINS'], derived: 'the origin of FRONTEND_URL' },
    ),
  ),
  FRONTEND_URL: optional(
    address('Where links in messages lead.', ['http', 'https'], { derived: 'PUBLIC_URL' }),
  ),
  PUBLIC_URL: optional(
    address('Address under which people reach this installation.', ['http', 'https'], {
      derived: 'http://HOST:PORT',
    }),
  ),
  TRUSTED_PROXIES: optional(
    list('Proxies whose X-Forwarded-For is believed.', {
      expects: 'an IP address, a range such as 10.0.0.0/8, or loopback',
      accepts: isAddressRange,
    }),
  ),
  X_ACCEL_PREFIX: optional(
    text('Internal location of nginx that serves DATA_DIR; files then leave through it.', {
      expects: 'a path such as /protected/',
      accepts: (value) => /^\/[^\s?#]*$/.test(value),
    }),
  ),
};
