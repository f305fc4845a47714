import { problemFrom, ServerAway } from '@antenne/client';
import { expect, test } from 'vitest';
import { fr } from '../i18n/fr.ts';
import { createTranslate } from '../i18n/translate.ts';
import { failureText, problemText } from './problem-text.ts';

const t = createTranslate(fr, 'fr-FR');

const problem = (status: number, code: string, headers: Record<string, string> = {}, more = {}) =>
  problemFrom(
    status,
    JSON.stringify({ type: `urn:antenne:problem:${code}`, title: 'T', detail: 'A sentence.', ...more }),
    (name) => headers[name] ?? null,
  );
const sentence = (error: unknown) => problemText(error, t, 'fr').sentence.replaceAll(/[\u00a0\u202f]/g, ' ');

test('a known type has its own sentence, with the delay when the server gives one', () => {
  expect(sentence(problem(409, 'archive.same-source'))).toBe('Cette adresse est déjà dans l’archive.');
  expect(sentence(problem(429, 'accounts.locked-out', { 'retry-after': '45' }))).toBe(
    'Trop d’essais. Réessayez dans 45 secondes.',
  );
  expect(sentence(problem(429, 'accounts.locked-out'))).toBe(
    'Trop d’essais. Réessayez dans quelques minutes.',
  );
});

test('an unknown type keeps the sentence of the server', () => {
  expect(sentence(problem(409, 'archive.something-new'))).toBe('A sentence.');
});

test('refused fields are told', () => {
  const refused = problem(422, 'validation', {}, { errors: [{ field: 'title', message: 'Too long.' }] });
  expect(sentence(refused)).toBe('Un champ est à corriger. Too long.');
});

test('the reference is the request id', () => {
  const failure = problem(500, 'internal', { 'x-request-id': 'r-9' });
  expect(problemText(failure, t, 'fr').requestId).toBe('r-9');
});

test('silence and surprises have their sentence too', () => {
  expect(sentence(new ServerAway('x'))).toContain('Le serveur ne répond pas');
  expect(sentence(new Error('boom'))).toBe('L’opération n’a pas abouti.');
});

test('a failure kept with a recording is told by its code, with the status of a refusing host', () => {
  expect(failureText('media.fetch-failed', 'The host answered with status 404.', t)).toContain(
    '(réponse 404)',
  );
  expect(failureText('media.cancelled', 'The work was cancelled.', t)).toBe('Travail annulé.');
  expect(failureText('media.new-code', 'Its own sentence.', t)).toBe('Its own sentence.');
  expect(failureText(null, null, t)).toBeNull();
});
