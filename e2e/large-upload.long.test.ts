import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { uploadResumably } from './harness/resumable.ts';
import { kill, type Station, startStation, until } from './harness/station.ts';
import { uploadPieces } from './harness/upload.ts';

const GIGABYTES = Number(process.env.UPLOAD_GIGABYTES ?? 2);
const LIMIT_MB = 400;
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
  for (let sent = 0; sent < sizeBytes; sent += CHUNK.length) yield CHUNK.subarray(0, sizeBytes - sent);
}

/** Any stretch of the same WAV. */
function* stretchOf(header: Buffer, start: number, end: number): Generator<Buffer> {
  if (start < header.length) yield header.subarray(start, Math.min(end, header.length));
  for (let at = Math.max(start, header.length); at < end; at += CHUNK.length) {
    yield CHUNK.subarray(0, Math.min(CHUNK.length, end - at));
  }
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** The highest memory of each role while the work lasts, in MB. */
async function watchingMemory(work: () => Promise<void>): Promise<Map<string, number>> {
  const highest = new Map<string, number>();
  let isOver = false;
  const watch = async () => {
    while (!isOver) {
      for (const role of ['cli.ts', 'api.ts', 'worker.ts', 'live.ts', 'ffmpeg', 'ffprobe']) {
        for (const pid of await station.pids(role)) {
          highest.set(role, Math.max(highest.get(role) ?? 0, await residentMb(pid)));
        }
      }
      await delay(250);
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    isOver = true;
    await watching;
  }
  const rounded = [...highest].map(([role, megabytes]) => [role, Math.round(megabytes)]);
  console.log(`highest memory in MB: ${JSON.stringify(Object.fromEntries(rounded))}`);
  return highest;
}

function expectBounded(highest: Map<string, number>): void {
  expect(highest.get('api.ts')).toBeGreaterThan(0);
  for (const [role, megabytes] of highest) expect(megabytes, role).toBeLessThan(LIMIT_MB);
}

interface Recording {
  status: string;
  sha256: string;
  file_size: number;
}

const showRecording = (id: string) => station.json<Recording>('GET', `/api/recordings/${id}`);

it(`takes ${GIGABYTES} GB in pieces over the death of the api, with every process under ${LIMIT_MB} MB`, async () => {
  const header = wavOf(GIGABYTES * 1_000_000_000).next().value as Buffer;
  const size = header.length + GIGABYTES * 1_000_000_000;
  const read = (start: number, end: number) => Readable.from(stretchOf(header, start, end));
  let killedAt = 0;
  const started = performance.now();
  const highest = await watchingMemory(async () => {
    const { recordingId, offsets } = await uploadResumably(
      station,
      { size, read },
      {
        metadata: { filename: 'long.wav', title: 'In pieces' },
        pieceBytes: 256 * 1_048_576,
        onPiece: (safeBytes) => {
          if (killedAt > 0 || safeBytes < size * 0.4) return;
          killedAt = safeBytes;
          // In the middle of the next piece.
          setTimeout(async () => {
            for (const pid of await station.pids('api.ts')) kill(pid);
          }, 300);
        },
      },
    );
    const seconds = (performance.now() - started) / 1_000;
    console.log(`${GIGABYTES} GB in ${seconds.toFixed(0)} s; requests began at ${offsets.join(', ')}`);
    expect(killedAt).toBeGreaterThan(0);
    // What was acknowledged is never asked for again.
    expect(offsets).toEqual(offsets.toSorted((one, other) => one - other));
    expect(offsets.filter((offset) => offset < killedAt).length).toBe(
      Math.ceil(killedAt / (256 * 1_048_576)),
    );
    const recording = await until(
      () => showRecording(recordingId),
      () => true,
    );
    const hash = createHash('sha256');
    for (const piece of stretchOf(header, 0, size)) hash.update(piece);
    expect(recording).toMatchObject({ file_size: size, sha256: hash.digest('hex') });
    await station.json('POST', `/api/recordings/${recordingId}/cancel`);
    await station.api('DELETE', `/api/recordings/${recordingId}?permanently=true`);
  });
  expectBounded(highest);
});

it(`takes an upload of ${GIGABYTES} GB with every process under ${LIMIT_MB} MB`, async () => {
  const highest = await watchingMemory(async () => {
    const file = { title: 'Long', filename: 'long.wav' };
    const reply = await uploadPieces(station, file, wavOf(GIGABYTES * 1_000_000_000));
    expect(reply.status, reply.body).toBe(201);
    const { id } = JSON.parse(reply.body) as { id: string };
    for (let status = ''; status !== 'ready'; ) {
      ({ status } = await showRecording(id));
      expect(status).not.toBe('error');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  });
  expectBounded(highest);
  await rm(station.dataDir, { recursive: true, force: true });
});
