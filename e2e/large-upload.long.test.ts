import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Station, startStation } from './harness/station.ts';
import { uploadPieces } from './harness/upload.ts';

const GIGABYTES = Number(process.env.UPLOAD_GIGABYTES ?? 2);
const LIMIT_MB = 300;
const CHUNK = Buffer.alloc(1_048_576);

let station: Station;
beforeAll(async () => {
  station = await startStation();
});
afterAll(async () => {
  await station?.clean();
});

/** A WAV of silence as long as wanted, made while it is sent. */
function* wavOf(sizeBytes: number): Generator<Buffer> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(Math.min(sizeBytes + 36, 0xffff_fff0), 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(48_000, 24);
  header.writeUInt32LE(192_000, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(Math.min(sizeBytes, 0xffff_ffff), 40);
  yield header;
  for (let sent = 0; sent < sizeBytes; sent += CHUNK.length) yield CHUNK;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

it(`takes an upload of ${GIGABYTES} GB with every process under ${LIMIT_MB} MB`, async () => {
  const highest = new Map<string, number>();
  const watch = setInterval(async () => {
    for (const role of ['cli.ts', 'api.ts', 'worker.ts', 'live.ts', 'ffmpeg', 'ffprobe']) {
      for (const pid of await station.pids(role)) {
        highest.set(role, Math.max(highest.get(role) ?? 0, await residentMb(pid)));
      }
    }
  }, 250);
  try {
    const file = { title: 'Long', filename: 'long.wav' };
    const reply = await uploadPieces(station, file, wavOf(GIGABYTES * 1_000_000_000));
    expect(reply.status, reply.body).toBe(201);
    const { id } = JSON.parse(reply.body) as { id: string };
    for (let status = ''; status !== 'ready'; ) {
      ({ status } = await station.json<{ status: string }>('GET', `/api/recordings/${id}`));
      expect(status).not.toBe('error');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  } finally {
    clearInterval(watch);
  }
  console.log(
    `highest memory in MB: ${JSON.stringify(Object.fromEntries([...highest].map(([k, v]) => [k, Math.round(v)])))}`,
  );
  expect(highest.get('api.ts')).toBeGreaterThan(0);
  for (const [role, megabytes] of highest) expect(megabytes, role).toBeLessThan(LIMIT_MB);
  await rm(station.dataDir, { recursive: true, force: true });
});
