import type { VariableName } from './variables.ts';

/**
 * Settings of what is still to come: checked, so that a mistake shows today, and without any effect so far. Whoever
 * sets one is told at the start; a name leaves this list with the work that reads it.
 */
export const notUsedYet: readonly VariableName[] = [
  'DB_MAX_OVERFLOW',
  'INTERNAL_API_KEY',
  'ICECAST_ADMIN_PASSWORD',
  'ICECAST_SOURCE_PASSWORD',
  'ICECAST_RELAY_PASSWORD',
  'ICECAST_HOSTNAME',
  'ICECAST_MAX_CLIENTS',
  'LLM_API_URL',
  'LLM_API_KEY',
  'EMBEDDINGS_API_URL',
  'EMBEDDINGS_API_KEY',
  'MODELS_URL',
  'SMTP_URL',
  'MAIL_FROM',
  'VAPID_PUBLIC_KEY',
  'VAPID_PRIVATE_KEY',
  'VAPID_SUBJECT',
  'SMS_WEBHOOK_URL',
];
