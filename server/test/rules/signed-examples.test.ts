import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStreamSignature } from '../../src/modules/media/streaming/stream-signature.ts';

const run = promisify(execFile);
const GUIDE = fileURLToPath(new URL('../../../docs/integrate/signed-addresses.md', import.meta.url));
const NAME = '01941f29-7c00-7aaa-8aaa-0123456789ab-192k.mp3';
const GIVEN = {
  ANTENNE_URL: 'http://antenne.test',
  ANTENNE_KID: 'a1b2c3d4e5',
  ANTENNE_SECRET: 'key-_of&text',
};
const CARGO =
  '[package]\nname = "sign"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nhmac = "0.12"\nsha2 = "0.10"\n';

interface Language {
  fence: string;
  /** Asks whether the language is here; its failure is why the example is skipped. */
  probe: [string, ...string[]];
  file: string;
  command: (file: string) => [string, ...string[]];
}

const LANGUAGES: readonly Language[] = [
  {
    fence: 'js',
    probe: [process.execPath, '--version'],
    file: 'sign.mjs',
    command: (file) => [process.execPath, file],
  },
  { fence: 'python', probe: ['python3', '--version'], file: 'sign.py', command: (file) => ['python3', file] },
  { fence: 'php', probe: ['php', '--version'], file: 'sign.php', command: (file) => ['php', file] },
  { fence: 'go', probe: ['go', 'version'], file: 'sign.go', command: (file) => ['go', 'run', file] },
  {
    fence: 'rust',
    probe: ['cargo', '--version'],
    file: 'src/main.rs',
    command: () => ['cargo', 'run', '--quiet', '--offline', '--'],
  },
];

const missing = ({ probe: [program, ...args] }: Language): string | null => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return null;
  } catch {
    return `${program} is not on this machine`;
  }
};

let folder: string;
let guide: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signed-examples-'));
  guide = await readFile(GUIDE, 'utf8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const exampleIn = (fence: string): string => {
  const blocks = [...guide.matchAll(new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\``, 'gm'))];
  expect(blocks, `examples in ${fence}`).toHaveLength(1);
  return blocks[0]?.[1] ?? '';
};

/** Debian's crates, where they are installed; a test fetches none. */
const CRATES = '/usr/share/cargo/registry';
const CRATES_FROM = `[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "${CRATES}"\n`;

const lacksCrates = (error: unknown): boolean =>
  /no matching package named|but --offline was specified/.test(String(error));

async function makeCrate(at: string): Promise<void> {
  await writeFile(path.join(at, 'Cargo.toml'), CARGO);
  if (!existsSync(CRATES)) return;
  await mkdir(path.join(at, '.cargo'));
  await writeFile(path.join(at, '.cargo/config.toml'), CRATES_FROM);
}

describe('the example of a back end', () => {
  it.for(LANGUAGES)(
    'in $fence makes an address that opens',
    { timeout: 180_000 },
    async (language, { skip }) => {
      const code = exampleIn(language.fence);
      const reason = missing(language);
      if (reason !== null) skip(reason);
      const file = path.join(folder, language.file);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, code);
      if (language.fence === 'rust') await makeCrate(folder);
      const [program, ...args] = language.command(file);
      const given = { cwd: folder, env: { ...process.env, ...GIVEN } };
      const { stdout } = await run(program, [...args, NAME], given).catch((error: unknown) => {
        if (lacksCrates(error)) skip('the crates hmac and sha2 are not on this machine');
        throw error;
      });
      const { origin, pathname, searchParams } = new URL(stdout.trim());
      expect([origin, pathname, searchParams.get('kid')]).toEqual([
        'http://antenne.test',
        `/stream/${NAME}`,
        GIVEN.ANTENNE_KID,
      ]);
      const signed = { expires: searchParams.get('expires') ?? '', sig: searchParams.get('sig') ?? '' };
      const answer = checkStreamSignature([GIVEN.ANTENNE_SECRET], [NAME], signed, Date.now());
      expect(answer).toEqual({ kind: 'valid', secret: 0 });
      expect(Math.abs(Number(signed.expires) - Date.now() / 1000 - 3_600)).toBeLessThan(120);
    },
  );
});
