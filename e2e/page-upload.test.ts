import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, soundOf } from './harness/browser.ts';
import { type Line, layLine } from './harness/line.ts';
import { openSignedIn, slowUploads } from './harness/page.ts';
import { missingParts } from './harness/parts.ts';
import { makeTone, serveFolder } from './harness/sound.ts';
import { kill, type Station, startStation, until } from './harness/station.ts';

const skip = missingParts('ffmpeg', 'chromium');

/** Drops a file of this machine where a person would drop it. */
async function dropFile(page: Page, file: string, name: string): Promise<void> {
  const bytes = (await readFile(file)).toString('base64');
  const dataTransfer = await page.evaluateHandle(
    ([base64, fileName]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([content], fileName, { type: 'audio/mpeg' }));
      return transfer;
    },
    [bytes, name] as const,
  );
  const place = page.getByText('Déposez ici des fichiers ou des dossiers');
  await place.dispatchEvent('dragenter', { dataTransfer });
  await page.getByText('Lâchez, nous nous occupons du reste').dispatchEvent('drop', { dataTransfer });
}

const percentOf = async (page: Page, name: string): Promise<number> =>
  Number(await page.getByRole('progressbar', { name }).getAttribute('aria-valuenow', { timeout: 5_000 }));

describe.skipIf(skip !== null)(`bringing a sound${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  let folder: string;
  let tone: string;
  let station: Station;
  let line: Line;
  let browser: Browser;
  let media: Awaited<ReturnType<typeof serveFolder>>;
  let mediaLine: Line;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-upload-'));
    tone = await makeTone(folder, 60);
    media = await serveFolder(folder);
    mediaLine = await layLine(Number(new URL(media.base).port));
    station = await startStation();
    line = await layLine(station.port);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await line?.close();
    await station?.clean();
    await mediaLine?.close();
    await media?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const openBring = () => openSignedIn(browser, { ...station, base: line.base }, '/recordings/new');

  it('takes a dropped file, shows how far it is, survives navigation, publishes it, plays it', async () => {
    const { page, complaints, close } = await openBring();
    await page.getByLabel('Publier aussi dans l’archive').check();
    await page.getByLabel('Titre').fill('Séance déposée');
    await slowUploads(page, 400_000);
    await dropFile(page, tone, 'conseil_du_soir.mp3');
    const first = await until(
      () => percentOf(page, 'conseil_du_soir.mp3'),
      (percent) => percent > 0,
      10,
    );
    expect(first).toBeLessThan(100);
    await page.getByRole('link', { name: 'Archive' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Archive' }).waitFor();
    const masthead = page.getByRole('link', { name: /1 envoi en cours/ });
    const later = await until(
      async () => Number(/(\d+) %/.exec((await masthead.textContent()) ?? '')?.[1]),
      (percent) => percent > first,
      10,
    );
    expect(later).toBeLessThanOrEqual(100);
    await masthead.click();
    await page.getByRole('link', { name: 'Ouvrir le débat' }).click();
    await page.getByRole('heading', { level: 1, name: 'Séance déposée' }).waitFor();
    await page.getByRole('button', { name: 'Écouter' }).first().click({ timeout: 60_000 });
    const { duration } = await until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && seconds > 0.3,
      20,
    );
    expect(duration).toBeCloseTo(60, 0);
    expect(complaints).toEqual([]);
    await close();
  });

  it('sends on by itself after a lost connection, and makes one recording of it', async () => {
    const { page, close } = await openBring();
    await slowUploads(page, 400_000);
    await dropFile(page, tone, 'coupure.mp3');
    await until(
      () => percentOf(page, 'coupure.mp3'),
      (percent) => percent > 10,
      10,
    );
    line.cut();
    await page.getByText(/^Connexion perdue, nouvel essai/).waitFor();
    line.mend();
    await page.getByText('Prêt', { exact: true }).waitFor({ timeout: 60_000 });
    const { recordings } = await station
      .signIn()
      .then(() => station.json<{ recordings: { title: string }[] }>('GET', '/api/recordings'));
    expect(recordings.filter(({ title }) => title === 'coupure')).toHaveLength(1);
    await close();
  });

  it('goes on where it was after the server was killed and the page reloaded, and knows the sound again', async () => {
    const { page, close } = await openBring();
    page.on('dialog', (dialog) => void dialog.accept());
    await slowUploads(page, 200_000);
    const choose = () => page.getByLabel('Fichiers', { exact: true }).setInputFiles(tone);
    await choose();
    // What is synced every two seconds survives kill -9.
    await until(
      () => percentOf(page, 'tone-60.mp3'),
      (percent) => percent > 60,
      20,
    );
    for (const pid of await station.pids('api.ts')) kill(pid);
    await page.getByText(/^Connexion perdue, nouvel essai/).waitFor();
    await until(
      () => fetch(`${station.base}/health`),
      (reply) => reply.ok,
    );
    await page.reload();
    await page.getByRole('heading', { name: 'Envois interrompus' }).waitFor();
    expect(await percentOf(page, 'tone-60.mp3')).toBeGreaterThan(20);
    const offsets: number[] = [];
    page.on('request', (sent) => {
      if (sent.method() === 'PATCH') offsets.push(Number(sent.headers()['upload-offset']));
    });
    await choose();
    await page.getByText('Prêt', { exact: true }).waitFor({ timeout: 60_000 });
    expect(offsets[0]).toBeGreaterThan(100_000);
    await page.getByText('Ce son est déjà là.').waitFor();
    await page.getByRole('link', { name: 'Voir le premier' }).waitFor();
    await station.signIn();
    const { recordings } = await station.json<{ recordings: { title: string; sha256: string }[] }>(
      'GET',
      '/api/recordings',
    );
    const ours = recordings.filter(({ title }) => title === 'tone-60');
    const sha256 = createHash('sha256')
      .update(await readFile(tone))
      .digest('hex');
    expect(ours.map((one) => one.sha256)).toEqual([sha256]);
    await close();
  });

  it('lets a file be cancelled on its way, and sent after all', async () => {
    const { page, complaints, close } = await openBring();
    await slowUploads(page, 400_000);
    await dropFile(page, tone, 'hésitation.mp3');
    await page.getByRole('button', { name: 'Annuler l’envoi de hésitation.mp3' }).click();
    await page.getByText('Annulé', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Reprendre l’envoi de hésitation.mp3' }).click();
    await page.getByText('Prêt', { exact: true }).waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
    await close();
  });

  it('fetches an address, tells its progress, can be cancelled and tried again', async () => {
    const { page, complaints, close } = await openBring();
    mediaLine.setPace(150_000);
    await page.getByLabel('Publier aussi dans l’archive').check();
    await page.getByLabel('Titre').fill('Séance lointaine');
    await page.getByLabel('Adresse').fill(`${mediaLine.base}/tone-60.mp3`);
    await page.getByRole('button', { name: 'Aller le chercher' }).click();
    await page.getByRole('heading', { level: 1, name: 'Séance lointaine' }).waitFor();
    await until(
      () => percentOf(page, 'Avancement'),
      (percent) => percent > 0 && percent < 100,
      20,
    );
    await page.getByText('Vous pouvez quitter cette page, le travail continue.').waitFor();
    await page.getByRole('button', { name: 'Annuler' }).click();
    await page.getByText('Travail annulé. Le débat est conservé.').first().waitFor();
    mediaLine.setPace(Number.POSITIVE_INFINITY);
    await page.getByRole('button', { name: 'Réessayer' }).click();
    await page.getByRole('button', { name: 'Écouter' }).first().click({ timeout: 60_000 });
    await until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && seconds > 0.3,
      20,
    );
    expect(complaints).toEqual([]);
    await close();
  });
});
