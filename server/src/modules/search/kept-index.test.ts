import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createOrganisation } from '../../../test/harness/factories/accounts.ts';
import type { Filters } from './filters.ts';
import { indexSubjects } from './index-documents.ts';
import { createKeptIndex, type IndexView } from './kept-index.ts';
import { createLexemes } from './lexemes.ts';
import { addRecording, addTranscript } from './search.test-kit.ts';
import { createVocabulary } from './vocabulary.ts';

let test: TestApp;
let organisationId: string;

const everything: Filters = {
  seesDebats: true,
  seesRecordings: true,
  commission: null,
  depute: null,
  type: null,
  dateStart: null,
  dateEnd: null,
};

beforeAll(async () => {
  test = await buildTestApp();
  organisationId = (await createOrganisation(test)).id;
});
afterAll(() => test.end());

/** A recording with this text, in the index when it resolves. */
async function speak(said: string[]): Promise<void> {
  const recordingId = await addRecording(test, organisationId, { title: 'Son' });
  await addTranscript(test, organisationId, recordingId, said);
  const parts = { ...test.kernel, lexemes: createLexemes(), vocabulary: createVocabulary() };
  await indexSubjects(parts, organisationId, { debatIds: [], recordingIds: [recordingId] });
}

/** In how many documents the word stands, and how many there are. */
async function countsOf(view: IndexView): Promise<[number, number]> {
  const words = await view.places(['fr/vach'], null);
  return [words[0]?.size ?? 0, (await view.passing(everything, words)).inOrder.length];
}

describe('the index that a process keeps', () => {
  it('is of one moment: what is written meanwhile is seen by those who come after', async () => {
    const index = createKeptIndex();
    const { db } = test.kernel;
    await speak(['La vache regarde.']);
    await db.snapshot(5_000, async (read) => {
      const before = await index.at(read, organisationId);
      expect(await countsOf(before)).toEqual([1, 1]);
      await speak(['Une autre vache arrive.']);
      await db.snapshot(5_000, async (later) => {
        const after = await index.at(later, organisationId);
        expect(await countsOf(after)).toEqual([2, 2]);
      });
      expect(await countsOf(before)).toEqual([1, 1]);
      expect(await countsOf(await index.at(read, organisationId))).toEqual([1, 1]);
    });
  });

  it('is read once while it is the same, however many words are asked for', async () => {
    const index = createKeptIndex();
    const statements: string[] = [];
    const ask = () =>
      test.kernel.db.snapshot(5_000, async (read) => {
        const view = await index.at((name, text, values) => {
          statements.push(name);
          return read(name, text, values);
        }, organisationId);
        return view.places(['fr/vach', 'fr/regard', 'fr/absent'], null);
      });
    const first = await ask();
    expect(first.map((word) => word.size)).toEqual([2, 1, 0]);
    expect(await ask()).toEqual(first);
    expect(statements).toEqual(['search-generation', 'search-postings', 'search-generation']);
  });

  it('keeps no more than it has room for', async () => {
    const index = createKeptIndex(0, 0);
    const ask = () =>
      test.kernel.db.snapshot(5_000, async (read) => countsOf(await index.at(read, organisationId)));
    expect([await ask(), await ask()]).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });
});
