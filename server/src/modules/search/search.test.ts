import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createOrganisation,
  createPerson,
  createSignedIn,
  signInAs,
} from '../../../test/harness/factories/accounts.ts';
import { createDebat } from '../../../test/harness/factories/archive.ts';
import { createExtents } from './extents.ts';
import { createFacetCounter } from './facets.ts';
import { indexSubjects } from './index-documents.ts';
import { createKeptIndex } from './kept-index.ts';
import { createLexemes } from './lexemes.ts';
import { runSearch } from './run-search.ts';
import type { SearchQuery, SearchReply } from './schemas.ts';
import { addRecording, addTranscript, type Said } from './search.test-kit.ts';
import { createVocabulary } from './vocabulary.ts';

let test: TestApp;
let organisationId: string;
const parts = { lexemes: createLexemes(), vocabulary: createVocabulary() };
/** By who asks. */
let tokens: Record<'nobody' | 'guest' | 'member' | 'stranger', Record<string, string>>;

beforeAll(async () => {
  // Rows are changed by hand here, of which no cache hears.
  test = await buildTestApp({ env: { CACHE_TTL_SEARCH: '0' } });
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
  indexSubjects({ ...test.kernel, ...parts }, of, { debatIds: [], recordingIds: [], ...subjects });

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

  it('brings English words to their stems too, each text in its own language', async () => {
    await spoken(['The committees were searching for answers.'], { language: 'en', title: 'Inquiry' });
    await spoken(['On cherchait des réponses en commission plénière.'], { title: 'Recherche' });
    expect(await texts({ q: 'search answer' })).toEqual(['The committees were searching for answers.']);
    expect(await texts({ q: 'chercher plénières' })).toEqual([
      'On cherchait des réponses en commission plénière.',
    ]);
    expect(await texts({ q: 'committee OR plénière' })).toHaveLength(2);
  });

  it('knows phrases, exclusions, alternatives and beginnings', async () => {
    const said = [
      'Le zorglub bleu dort.',
      'Un bleu de zorglub.',
      'Le zorglubien mange.',
      'Zorglub et la vache bleue.',
    ];
    await spoken(said, { title: 'Faune' });
    const found = async (q: string, more: Asking = {}) => new Set(await texts({ q, ...more }));
    expect(await found('zorglub')).toEqual(new Set([said[0], said[1], said[3]]));
    expect(await found('"zorglub bleu"')).toEqual(new Set([said[0]]));
    expect(await found('"bleu du zorglub"')).toEqual(new Set([said[1]]));
    expect(await found('zorglub -vache -dort')).toEqual(new Set([said[1]]));
    expect(await found('zorglub -"bleu de zorglub"')).toEqual(new Set([said[0], said[3]]));
    expect(await found('zorglub dort OU vache')).toEqual(new Set([said[0], said[3]]));
    expect(await found('zorglub*')).toEqual(new Set(said));
    expect(await found('zorglu')).toEqual(new Set());
    expect(await found('zorglu', { typing: true })).toEqual(new Set(said));
    expect((await ask({ q: '"zorglub bleu"' })).results[0]?.highlight).toBe(
      'Le <mark>zorglub</mark> <mark>bleu</mark> dort.',
    );
  });

  it('finds titles, before what was said', async () => {
    const { debatId } = await spoken(['La quadrature est un vieux problème, la quadrature.'], {
      title: 'Quadrature <du> cercle',
    });
    const { results } = await ask({ q: 'quadratures' });
    expect(results.map(({ type }) => type)).toEqual(['title', 'segment']);
    expect(results[0]).toMatchObject({
      debate_id: debatId,
      highlight: '<mark>Quadrature</mark> &lt;du&gt; cercle',
      start: null,
      at: null,
      url: `/archive/${debatId}?q=quadratures`,
    });
  });

  it('lands on the word that was found, as the engine timed it', async () => {
    const words: [number, number, string, number | null][] = [
      [61_000, 61_400, 'Voilà', 0.9],
      [61_500, 61_900, 'la', null],
      [62_250, 63_000, 'girafe.', 0.7],
    ];
    await spoken([{ text: 'Voilà la girafe.', startMs: 60_000, endMs: 64_000, words }], { title: 'Zoo' });
    expect((await ask({ q: 'girafe' })).results[0]).toMatchObject({ at: 62.25, start: 60, end: 64 });
  });

  it('shows what stands before and after, across the stretches of a transcript', async () => {
    const said = ['un hippopotame', 'deux hippopotames', 'trois hippopotames', 'fin'];
    const recordingId = await addRecording(test, organisationId);
    await addTranscript(test, organisationId, recordingId, said, { chunks: [2, 2] });
    await index({ recordingIds: [recordingId] });
    const { results } = await ask({ q: 'hippopotame', sort: 'date_asc' });
    expect(results.map(({ before, text, after }) => [before, text, after])).toEqual([
      [null, said[0], said[1]],
      [said[0], said[1], said[2]],
      [said[1], said[2], said[3]],
    ]);
    expect(results[1]?.url).toBe(`/recordings/${recordingId}?t=${results[1]?.at}&q=hippopotame`);
  });
});

describe('filters, facets and totals', () => {
  const debats = [
    {
      date: '2024-05-01',
      commission: 'Finances',
      type: 'commission',
      speakers: ['Zoé Blanc', 'Yann Noir'],
      n: 3,
    },
    { date: '2025-06-02', commission: 'Finances', type: 'audition', speakers: ['Zoé Blanc'], n: 2 },
    { date: '2026-01-03', commission: 'Défense', type: 'audition', speakers: ['Xavier Gris'], n: 5 },
  ] as const;

  beforeAll(async () => {
    for (const { n, speakers, ...columns } of debats) {
      const said = Array.from({ length: n }, (_, i) => `L’ornithorynque numéro ${i}, ornithorynque.`);
      await spoken([...said, 'Rien de tel ici.'], { ...columns, speakers: JSON.stringify(speakers) });
    }
  });

  it('count what is found', async () => {
    const { total, facets } = await ask({ q: 'ornithorynque' });
    expect(total).toBe(10);
    expect(facets).toEqual({
      commission: [
        { value: 'Défense', count: 5 },
        { value: 'Finances', count: 5 },
      ],
      depute: [
        { value: 'Xavier Gris', count: 5 },
        { value: 'Zoé Blanc', count: 5 },
        { value: 'Yann Noir', count: 3 },
      ],
      type: [
        { value: 'audition', count: 7 },
        { value: 'commission', count: 3 },
      ],
      year: [
        { value: '2026', count: 5 },
        { value: '2024', count: 3 },
        { value: '2025', count: 2 },
      ],
    });
  });

  it.each([
    [{ commission: 'finances' }, 5],
    [{ commission: 'DEFENSE' }, 5],
    [{ commission: 'fin' }, 0],
    [{ depute: 'zoe' }, 5],
    [{ depute: 'Zoé Blanc', type: 'audition' }, 2],
    [{ type: 'audition' }, 7],
    [{ date_start: '2025-06-02' }, 7],
    [{ date_end: '2025-06-02' }, 5],
    [{ date_start: '2025-01-01', date_end: '2025-12-31' }, 2],
    [{ commission: '', depute: ' ' }, 10],
  ])('narrowed to %o', async (filter, expected) => {
    const { total, results, facets } = await ask({ q: 'ornithorynque', per_page: 100, ...filter });
    expect([total, results.length]).toEqual([expected, expected]);
    expect(facets.year.reduce((sum, { count }) => sum + count, 0)).toBe(expected);
  });

  it('sorts by date both ways, and pages without gap or repetition', async () => {
    for (const sort of ['relevance', 'date_desc', 'date_asc']) {
      const pages = await Promise.all(
        [1, 2, 3, 4].map((page) => ask({ q: 'ornithorynque', sort, page, per_page: 3 })),
      );
      const all = pages.flatMap(({ results }) => results);
      expect(new Set(all.map(({ url }) => url)).size).toBe(10);
      expect(pages.map(({ has_next, has_prev }) => [has_next, has_prev])).toEqual([
        [true, false],
        [true, true],
        [true, true],
        [false, true],
      ]);
      const dates = all.map(({ date }) => date);
      if (sort !== 'relevance')
        expect(dates).toEqual(sort === 'date_asc' ? dates.toSorted() : dates.toSorted().reverse());
    }
  });
});

describe('more than can be matched at once', () => {
  /** A search whose newest stretch is so many segments, of which one result is enough. */
  const inStretch = (stretch: number, query: SearchQuery) =>
    runSearch(
      {
        ...test.kernel,
        ...parts,
        extents: createExtents(test.clock, stretch, 1),
        index: createKeptIndex(),
        facets: createFacetCounter(),
      },
      { organisationId, personId: null, sessionId: null, permissions: new Set(), isPlatformAdmin: false },
      query,
    );

  beforeAll(async () => {
    for (const year of [1901, 1902, 1903]) {
      await spoken(['Le dodo picore.', year === 1901 ? 'Un aepyornis passe.' : 'Rien.'], {
        date: `${year}-01-01`,
      });
    }
    await spoken(['Le dodo est revenu.'], { date: '2199-12-31', title: 'Demain' });
  });

  it('is searched in its newest stretch, and says so', async () => {
    const { total, total_is_exact, covered_since, results, facets } = await inStretch(2, { q: 'dodo' });
    expect({ total, total_is_exact, covered_since }).toEqual({
      total: 1,
      total_is_exact: false,
      // The day after the newest document that was left out.
      covered_since: expect.stringMatching(/^2\d{3}-\d\d-\d\d$/),
    });
    expect(results.map(({ text }) => text)).toEqual(['Le dodo est revenu.']);
    expect(facets.year).toEqual([{ value: '2199', count: 1 }]);
  });

  it.each<SearchQuery>([
    { q: 'aepyornis' },
    { q: 'dodo', sort: 'date_asc' },
    { q: 'dodo', date_end: '1950-01-01' },
  ])('is searched through where that is needed: %o', async (query) => {
    const { total_is_exact, covered_since, results } = await inStretch(2, query);
    expect({ total_is_exact, covered_since }).toEqual({ total_is_exact: true, covered_since: null });
    expect(results[0]?.date).toMatch(/^190/);
  });

  it('says when a beginning stands for too many words', async () => {
    const words = Array.from(
      { length: 100 },
      (_, i) => `xylo${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))}qq`,
    );
    await spoken([words.join(' ')], { title: 'Musique' });
    expect(await ask({ q: 'xylo*' })).toMatchObject({ total: 1, total_is_exact: false });
    expect(await ask({ q: 'xyloa*' })).toMatchObject({ total: 1, total_is_exact: true });
  });
});

describe('what cannot be searched', () => {
  const raw = (query: string) => test.app.inject(`/api/search${query}`);

  it.each([
    ['', /Type a word/],
    ['?q=', /Type a word/],
    ['?q=%22%22', /Type a word/],
    ['?q=-', /Type a word/],
    ['?q=-loi', /Type a word/],
    ['?q=%00', /Type a word/],
    ['?q=la%20de', /too common/],
    ['?q=the', /too common/],
  ])('%s is told in a sentence', async (query, sentence) => {
    const reply = await raw(query);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ results: [], total: 0, message: expect.stringMatching(sentence) });
  });

  it.each([
    `?q=${'x'.repeat(10_000)}`,
    `?q=${Array.from({ length: 17 }, (_, i) => `w${i}`).join('+')}`,
    '?q=x&page=51',
    '?q=x&page=0',
    '?q=x&per_page=101',
    '?q=x&type=rien',
    '?q=x&sort=rien',
    '?q=x&date_start=2026-02-30',
    '?q=x&date_start=2026-02-02&date_end=2026-01-01',
  ])('%.60s is refused', async (query) => {
    const reply = await raw(query);
    expect(reply.statusCode, reply.body).toBe(422);
  });

  it.each(['"', '&|!()<->:*', "l'", '%F0%9F%A6%86', 'a*', '-"', '%ED%A0%80', '{}[]\\', "' or 1=1 --"])(
    '%s does no harm',
    async (q) => {
      const reply = await raw(`?q=${q.includes('%') ? q : encodeURIComponent(q)}`);
      expect([200, 400], reply.body).toContain(reply.statusCode);
    },
  );
});

describe('many at once', () => {
  it('are answered on a single database connection', async () => {
    const narrow = await buildTestApp({ beside: test, env: { DB_POOL_SIZE: '1' } });
    try {
      const asked = Array.from({ length: 12 }, (_, i) =>
        narrow.app.inject(`/api/search?q=mot${i}+ou+autre${i}*`),
      );
      expect(new Set((await Promise.all(asked)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    } finally {
      await narrow.end();
    }
  });
});

describe('rights', () => {
  const counts = async (q: string) => {
    const who = ['nobody', 'guest', 'member', 'stranger'] as const;
    return Promise.all(who.map(async (each) => (await ask({ q }, each)).total));
  };

  it('show what is public to everyone, the rest to people of the organisation', async () => {
    await spoken(['Le kiwi public.'], { title: 'A1', visibility: 'public' });
    await spoken(['Le kiwi caché.'], { title: 'A2', visibility: 'unlisted' });
    await spoken(['Le kiwi privé.'], { title: 'A3', visibility: 'private' });
    expect(await counts('kiwi')).toEqual([1, 1, 3, 0]);
    expect(await texts({ q: 'kiwi' }, 'nobody')).toEqual(['Le kiwi public.']);
  });

  it('show the title alone where the recording may not be heard', async () => {
    await spoken(['Le wombat parle.'], { title: 'Wombat', visibility: 'public', sound: 'private' });
    expect(await counts('wombat')).toEqual([1, 1, 2, 0]);
    expect(await texts({ q: 'wombat' }, 'nobody')).toEqual(['Wombat']);
  });

  it('hold at once, before the index has heard of it', async () => {
    const { debatId, recordingId } = await spoken(['Le tapir parle.'], { title: 'Tapir' });
    const { pool } = test.kernel.db;
    const shown = async () => (await ask({ q: 'tapir' }, 'nobody')).results.map(({ text }) => text);
    expect(await shown()).toEqual(['Tapir', 'Le tapir parle.']);
    await pool.query("update recordings set visibility = 'private' where id = $1", [recordingId]);
    expect(await shown()).toEqual(['Tapir']);
    await pool.query("update debats set visibility = 'private' where id = $1", [debatId]);
    expect(await shown()).toEqual([]);
  });

  it('let a page fill itself with what comes after something that is gone', async () => {
    const { debatId } = await spoken(['caribou', 'caribou', 'caribou'], {
      date: '2026-02-02',
      title: 'Neuf',
    });
    await spoken(['le vieux caribou'], { date: '2020-02-02', title: 'Vieux' });
    await test.kernel.db.pool.query("update debats set visibility = 'private' where id = $1", [debatId]);
    expect(await texts({ q: 'caribou', per_page: 1 }, 'nobody')).toEqual(['le vieux caribou']);
  });

  it('of another organisation are its own, in counts and facets too', async () => {
    const other = await createOrganisation(test);
    const theirs = await createDebat(test, other.id, { title: 'Le quokka des autres', commission: 'Autre' });
    await index({ debatIds: [theirs] }, other.id);
    // Named by mistake or malice under our organisation, it stays theirs.
    await index({ debatIds: [theirs] });
    const { total, facets } = await ask({ q: 'quokka' });
    expect({ total, commission: facets.commission }).toEqual({ total: 0, commission: [] });
    expect((await ask({ q: 'quok*' })).total).toBe(0);
  });
});
