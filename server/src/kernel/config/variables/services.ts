import { isLanguageTag } from '../../language-tag.ts';
import { address, choice, flag, integer, optional, secret, text } from '../variable.ts';

const web = ['http', 'https'] as const;

/** Services outside that the program may call; each is off until it is configured. */
export const serviceVariables = {
  TRANSCRIPTION_ENGINE: choice('Speech engine.', ['auto', 'whisper', 'http', 'pocketsphinx', 'none'], {
    default: 'auto',
  }),
  TRANSCRIPTION_API_URL: optional(address('OpenAI-compatible speech server.', web)),
  TRANSCRIPTION_API_KEY: optional(secret('Its key.')),
  TRANSCRIPTION_API_MODEL: optional(
    text('Model to ask it for.', {
      derived: 'whisper-1',
      expects: 'a name of 200 characters at most',
      accepts: (value) => value.length <= 200,
    }),
  ),
  TRANSCRIPTION_AUTO: flag('Transcribe by itself what becomes ready, where an engine has the language.', {
    default: true,
  }),
  TRANSCRIPTION_LANGUAGE: text('Language of recordings that do not say theirs.', {
    default: 'fr',
    expects: 'a language tag such as fr or pt-BR',
    accepts: isLanguageTag,
  }),
  TRANSCRIPTION_TIMEOUT: integer(
    'Seconds after which a transcription at work is given up; a retry goes on where it was.',
    { minimum: 1, maximum: 79_200 },
    { default: 43_200 },
  ),
  LLM_API_URL: optional(address('OpenAI-compatible chat server for enrichment.', web)),
  LLM_API_KEY: optional(secret('Its key.')),
  EMBEDDINGS_API_URL: optional(address('OpenAI-compatible embeddings server.', web)),
  EMBEDDINGS_API_KEY: optional(secret('Its key.')),
  MODELS_URL: optional(address('Where `antenne models` fetches models.', web)),
  SMTP_URL: optional(
    address('Mail server.', ['smtp', 'smtps'], {
      secret: true,
      example: 'smtps://user:password@mail.example:465',
    }),
  ),
  MAIL_FROM: optional(
    text('Sender of mail, such as Antenne <antenne@radio.example>.', {
      expects: 'an e-mail address, with or without a name',
      accepts: (value) => /^[^\s@<>]+@[^\s@<>]+$|^[^<>]+<[^\s@<>]+@[^\s@<>]+>$/.test(value),
    }),
  ),
  VAPID_PUBLIC_KEY: optional(text('Public key of web push.')),
  VAPID_PRIVATE_KEY: optional(secret('Private key of web push.')),
  VAPID_SUBJECT: optional(
    text('Contact for push services: mailto: or https: address.', {
      expects: 'a mailto: or https: address',
      accepts: (value) => /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(value),
    }),
  ),
  SMS_WEBHOOK_URL: optional(address('Address that sends text messages.', web, { secret: true })),
  CELERY_BROKER_URL: optional(
    secret('Accepted from older installations, unused: the queue lives in PostgreSQL.'),
  ),
  CELERY_RESULT_BACKEND: optional(secret('Accepted from older installations, unused.')),
};
