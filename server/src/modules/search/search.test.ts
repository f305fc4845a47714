import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createOrganisation,
  createPerson,
  createSignedIn,
  signInAs,
} from '../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../test/harness/factories/archive.ts';
import { indexSubjects } from './index-documents.ts';
import { createLexemes } from './lexemes.ts';
import type { SearchReply } from './schemas.ts';
import { addRecording, addTranscript, type Said } from './search.test-kit.ts';

let test: TestApp;
let organisationId: string;
const lexemes = createLexemes();
/** By who asks. */
let tokens: Record<'nobody' | 'guest' | 'member' | 'stranger', Record<string, string>>;

beforeAll(async () => {
  test = await buildTestApp();
  const organisation = await createOrganisation(test, { isDefault: true });
  organisationId = organisation.id;
  const member = await createSignedIn(test, { organisation, role: 'member' });
  const guest = await createPerson(test, organisationId, { role: 'guest' });
  const stranger = await createSignedIn(test);
  tokens = {
    nobody: {},
    guest: (await signInAs(test, guest)).headers,
    member: member.session.headers,
    stranger: stranger.session.headers,
  };
});
afterAll(() => test.end());

interface Asking {
  [name: string]: string | number | boolean | undefined;
}

async function ask(query: Asking, who: keyof typeof tokens = 'member'): Promise<SearchReply> {
  const given = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  const reply = await test.app.inject({
    url: `/api/search?${new URLSearchParams(given)}`,
    headers: tokens[who],
  });
  expect(reply.statusCode, reply.body).toBe(200);
  return reply.json<SearchReply>();
}

const texts = async (query: Asking, who?: keyof typeof tokens) =>
  (await ask(query, who)).results.map(({ text }) => text);

/** Brings débats and recordings into the index as the worker does. */
const index = (subjects: { debatIds?: string[]; recordingIds?: string[] }, of = organisationId) =>
  indexSubjects({ ...test.kernel, lexemes }, of, { debatIds: [], recordingIds: [], ...subjects });

/** A débat with sound that was transcribed and indexed. */
async function spoken(
  said: readonly Said[],
  given: Parameters<typeof createDebat>[2] & { language?: string; sound?: string } = {},
): Promise<{ debatId: string; recordingId: string }> {
  const { language, sound, ...columns } = given;
  const recordingId = await addRecording(test, organisationId, {
    title: 'Enregistrement',
    visibility: sound ?? columns.visibility ?? 'public',
  });
  const debatId = await createDebat(test, organisationId, { ...columns, recording_id: recordingId });
  await addTranscript(test, organisationId, recordingId, said, { language });
  await index({ debatIds: [debatId] });
  return { debatId, recordingId };
}

describe('a search', () => {
  it('finds words in any form and without their accents, on the second', async () => {
    const { debatId, recordingId } = await spoken(
      [
        'Mes chers collègues, bonjour.',
        {
          text: 'La réforme de l’hôpital <public> est urgente.',
          startMs: 65_000,
          endMs: 70_000,
          speaker: 'Ana Léor',
        },
        'Nous en reparlerons demain.',
      ],
      { title: 'Santé publique', date: '2026-03-04', commission: 'Affaires sociales', type: 'audition' },
    );
    const { results, total, facets, message, total_is_exact } = await ask({ q: 'reforme hopital' });
    expect({ total, total_is_exact, message }).toEqual({ total: 1, total_is_exact: true, message: null });
    expect(results).toEqual([
      {
        type: 'segment',
        debate_id: debatId,
        recording_id: recordingId,
        title: 'Santé publique',
        date: '2026-03-04',
        commission: 'Affaires sociales',
        speaker: 'Ana Léor',
        start: 65,
        end: 70,
        at: expect.closeTo(65.333, 3),
        text: 'La réforme de l’hôpital <public> est urgente.',
        highlight: 'La <mark>réforme</mark> de l’<mark>hôpital</mark> &lt;public&gt; est urgente.',
        before: 'Mes chers collègues, bonjour.',
        after: 'Nous en reparlerons demain.',
        score: expect.any(Number),
        url: `/archive/${debatId}?t=65.333&q=reforme+hopital`,
      },
    ]);
    expect(facets).toEqual({
      commission: [{ value: 'Affaires sociales', count: 1 }],
      depute: [{ value: 'Ana Léor', count: 1 }],
      type: [{ value: 'audition', count: 1 }],
      year: [{ value: '2026', count: 1 }],
    });
    for (const q of ['RÉFORMES hôpitaux', 'réformer', '"réforme de l’hôpital"', 'absents OR urgentes'])
      expect(await texts({ q }), q).toHaveLength(1);
  });
});
