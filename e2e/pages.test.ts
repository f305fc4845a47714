import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { bringSample } from './harness/page.ts';
import { missingParts } from './harness/parts.ts';
import { makeFaultySound } from './harness/sound.ts';
import { startStation, until } from './harness/station.ts';
import { uploadPieces } from './harness/upload.ts';
import { describeAccess } from './suites/access.ts';
import { describePlayer } from './suites/player.ts';
import { describeRecording } from './suites/recording.ts';
import { type Shared, SIGNING_KEY } from './suites/shared.ts';

const skip = missingParts('ffmpeg', 'chromium');

interface Standing {
  status: string;
  renditions: { status: string }[];
}

describe.skipIf(skip !== null)(`pages of one station${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  // Filled before the first test runs; what the suites keep is this object.
  const shared = {} as Shared;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-pages-'));
    const [station, browser, sound] = await Promise.all([
      startStation({ env: { SIGNING_KEY, TRANSCRIPTION_ENGINE: 'none' } }),
      openBrowser(),
      makeFaultySound(folder),
    ]);
    Object.assign(shared, { station, browser });
    await station.signIn();
    const { body } = await uploadPieces(station, { title: 'Séance abîmée', filename: 'seance.mp3' }, [
      await readFile(sound),
    ]);
    shared.faultyId = (JSON.parse(body) as { id: string }).id;
    shared.sample = await bringSample(station);
    const third = { format: 'aac', quality: '64k' };
    await station.json('POST', `/api/recordings/${shared.sample.recordingId}/renditions`, third);
    for (const id of [shared.sample.recordingId, shared.faultyId]) {
      await until(
        () => station.json<Standing>('GET', `/api/recordings/${id}`),
        ({ status, renditions }) =>
          status === 'ready' && renditions.every((rendition) => rendition.status === 'completed'),
      );
    }
  });
  afterAll(async () => {
    await shared.browser?.close();
    await shared.station?.clean();
    await rm(folder, { recursive: true, force: true });
  });

  describeAccess(shared);
  describePlayer(shared);
  describeRecording(shared);
});
