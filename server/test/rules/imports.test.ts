import { beforeAll, describe, expect, it } from 'vitest';
import { moduleOf, type SourceFile, sourceFiles } from './source-files.ts';

/** A later module may call an earlier one, never the other way round. */
const ORDER = [
  'accounts',
  'facilities',
  'media',
  'live',
  'archive',
  'transcription',
  'search',
  'production',
  'listening',
  'publishing',
  'notify',
  'insight',
];

let files: SourceFile[];
let imports: { from: string; to: string }[];

beforeAll(async () => {
  files = await sourceFiles();
  imports = files.flatMap((file) => file.imports.map((to) => ({ from: file.path, to })));
});

const shown = (found: { from: string; to: string }[]) => found.map(({ from, to }) => `${from} → ${to}`);

describe('the house', () => {
  it('is inspected at all', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(200);
    expect(imports).toContainEqual({ from: 'entry/api.ts', to: 'entry/wire.ts' });
    expect(imports).toContainEqual({ from: 'modules/media/routes.ts', to: 'kernel/http/app.ts' });
  });

  it('keeps the kernel free of modules and of entry', () => {
    const found = imports.filter(
      ({ from, to }) => from.startsWith('kernel/') && /^(modules|entry)\//.test(to),
    );
    expect(shown(found)).toEqual([]);
  });

  it('lets nobody import entry', () => {
    const found = imports.filter(({ from, to }) => !from.startsWith('entry/') && to.startsWith('entry/'));
    expect(shown(found)).toEqual([]);
  });

  it('lets a module see another only through its public door, and only an earlier one', () => {
    const found = imports.filter(({ from, to }) => {
      const [mine, theirs] = [moduleOf(from), moduleOf(to)];
      if (mine === null || theirs === null || mine === theirs) return false;
      return to !== `modules/${theirs}/public.ts` || ORDER.indexOf(theirs) >= ORDER.indexOf(mine);
    });
    expect(shown(found)).toEqual([]);
  });

  it('knows the place of every module', () => {
    const names = new Set(files.map((file) => moduleOf(file.path)).filter((name) => name !== null));
    expect([...names].filter((name) => !ORDER.includes(name))).toEqual([]);
  });
});

/** What may be imported only in some rooms. */
const ROOMS: [what: string, isIt: (to: string) => boolean, mayBeIn: RegExp][] = [
  ['fastify', (to) => /^(fastify|@fastify\/.+)$/.test(to), /^kernel\/(http|auth)\/|\/routes(-[\w-]+)?\.ts$/],
  [
    'the query builder',
    (to) => /^(kysely(\/.+)?|pg)$/.test(to),
    /^kernel\/(db|events|jobs)\/|-repo\.ts$|\/tables\.ts$/,
  ],
  ['child processes', (to) => /^(node:)?child_process$/.test(to), /^kernel\/(media|db\/embedded)\/|^entry\//],
  [
    'raw sockets',
    (to) => /^(node:)?(net|tls|dgram)$/.test(to),
    /^kernel\/(net|http|config)\/|^kernel\/db\/embedded\/|^entry\//,
  ],
];

describe('a room', () => {
  it.each(ROOMS)('of its own for %s', (_what, isIt, mayBeIn) => {
    const all = imports.filter(({ to }) => isIt(to));
    expect(all.length).toBeGreaterThan(0);
    expect(shown(all.filter(({ from }) => !mayBeIn.test(from)))).toEqual([]);
  });

  it('is not a barrel', () => {
    const barrels = files.filter(
      (file) => /(^|\n)export \* /.test(file.text) || file.path.endsWith('/index.ts'),
    );
    expect(barrels.map((file) => file.path)).toEqual([]);
  });
});

/** True when a parameter is the organisation, or is of a type of ours that carries it. */
function namesOrganisation(parameters: string): boolean {
  if (/\borganisationId\b/.test(parameters)) return true;
  const types = [...parameters.matchAll(/: (?:readonly )?(\w+)/g)].map((match) => match[1]);
  return types.some((type) =>
    files.some(({ text }) => new RegExp(`interface ${type}\\b[^}]*\\borganisation(Id|_id)\\b`).test(text)),
  );
}

describe('a repository', () => {
  it('asks for the organisation, unless its name says that it looks across them', () => {
    const repos = files.filter((file) => file.path.endsWith('-repo.ts'));
    expect(repos.length).toBeGreaterThan(2);
    const signatures = repos.flatMap((file) =>
      [...file.text.matchAll(/\nexport (?:async )?function (\w+)(?:<[^>]*>)?\(([^)]*)\)/g)].map((match) => ({
        name: `${file.path} ${match[1]}`,
        parameters: match[2] ?? '',
      })),
    );
    expect(signatures.length).toBeGreaterThan(10);
    const asks = signatures.filter(({ parameters }) => /\b(q|db): /.test(parameters));
    const without = asks.filter(
      ({ name, parameters }) => !name.endsWith('AcrossOrganisations') && !namesOrganisation(parameters),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('is the only place of SQL in a module', () => {
    const found = files.filter(
      (file) =>
        moduleOf(file.path) !== null &&
        !file.path.endsWith('-repo.ts') &&
        /\brunSql\b|\.read<|\bsql`/.test(file.text),
    );
    expect(found.map((file) => file.path)).toEqual([]);
  });
});
