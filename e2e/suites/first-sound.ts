import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { complaintsOf, openBrowser, rememberSound, soundOf } from './harness/browser.ts';
import { missingParts } from './harness/parts.ts';
import { makeSpokenMp4, serveFolder } from './harness/sound.ts';
import { ADMIN, type Station, startStation, until } from './harness/station.ts';

const skip = missingParts('ffmpeg', 'espeak', 'chromium');
const SPEECH =
  'Mesdames et messieurs, la séance est ouverte. Nous examinons ce matin la qualité de l’eau dans les écoles. ' +
  'La parole est à la rapporteure, pour dix minutes. Je rappelle que chaque groupe dispose ensuite de cinq minutes.';

interface Debat {
  id: string;
  status: string;
  has_audio: boolean;
  audio_files: { is_ready: boolean }[];
}

describe.skipIf(skip !== null)(`first sound${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  let folder: string;
  let station: Station;
  let browser: Browser;
  let media: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-first-'));
    await makeSpokenMp4(folder, SPEECH);
    media = await serveFolder(folder);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await station?.clean();
    await media?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function openPage(address: string): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await rememberSound(page);
    const complaints = complaintsOf(page);
    await page.goto(address);
    return { page, complaints };
  }

  it('goes from nothing to hearing something in three screens', async () => {
    station = await startStation({ withoutAdmin: true });
    const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(station.output())?.[0];
    expect(link, station.output()).toBeDefined();
    const { page, complaints } = await openPage(link ?? '');
    await page.getByRole('textbox').fill('Radio Valmont');
    await page.getByRole('button', { name: 'Continuer' }).click();
    await page.getByLabel('Nom d’utilisateur').fill('claire');
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Mot de passe', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Ouvrir la station' }).click();
    await page.getByRole('button', { name: /Écouter l’exemple/ }).click();
    await until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && seconds > 0.5,
      60,
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('brings a spoken video from its address, telling its progress', async () => {
    const token = await station.signIn();
    const source_url = `${media.base}/speech.mp4`;
    const debat = await station.json<Debat>('POST', '/api/debats', {
      title: 'La qualité de l’eau dans les écoles',
      type: 'commission',
      date: '2026-11-20',
      source_url,
    });
    const heard: string[] = [];
    const socket = new WebSocket(`${station.base.replace('http', 'ws')}/ws?client_id=e2e&token=${token}`);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', channel: 'extractions' })));
    socket.on('message', (data) => heard.push((JSON.parse(String(data)) as { type: string }).type));
    await until(
      async () => heard,
      (types) => types.includes('subscribed'),
      10,
    );
    const asked = await station.api('POST', `/api/debats/${debat.id}/extract`, { priority: 'high' });
    expect(asked.status, await asked.clone().text()).toBe(202);
    const ready = await until(
      () => station.json<Debat>('GET', `/api/debats/${debat.id}`),
      ({ status }) => status === 'disponible' || status === 'erreur',
    );
    expect(ready).toMatchObject({ status: 'disponible', has_audio: true });
    await until(
      async () => heard,
      (types) => types.includes('extraction_started') && types.includes('extraction_completed'),
      10,
    );
    socket.close();
    const again = await station.api('POST', '/api/debats', {
      title: 'Deux fois',
      type: 'autre',
      date: '2026-11-20',
      source_url,
    });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ debate_id: debat.id });
  });

  it('plays it in the page at the second of the address, and seeks', async () => {
    const { debats } = await station.json<{ debats: Debat[] }>('GET', '/api/debats?q=ecoles');
    const id = debats[0]?.id ?? '';
    const { page, complaints } = await openPage(`${station.base}/archive/${id}?t=4`);
    await page.getByRole('button', { name: 'Écouter' }).first().click();
    const started = await until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && seconds > 4.2,
      20,
    );
    expect(started.seconds).toBeLessThan(9);
    expect(started.duration).toBeGreaterThan(10);
    await page.keyboard.press('ArrowRight');
    await until(
      () => soundOf(page),
      ({ seconds }) => seconds > started.seconds + 4.5,
      10,
    );
    await page.keyboard.press('Space');
    await until(
      () => soundOf(page),
      ({ isPlaying }) => !isPlaying,
      5,
    );
    await page.getByRole('link', { name: 'Archive' }).first().click();
    await page.waitForURL(/\/archive(\?|$)/);
    expect((await soundOf(page)).seconds).toBeGreaterThan(started.seconds);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('answers a range at any second without a token, through the signed address', async () => {
    const { debats } = await station.json<{ debats: Debat[] }>('GET', '/api/debats?q=ecoles');
    const streaming = (await (
      await fetch(`${station.base}/api/debats/${debats[0]?.id}/streaming`)
    ).json()) as {
      stream_url: string;
      file_size: number;
    };
    const middle = Math.floor(streaming.file_size / 2);
    const reply = await fetch(new URL(streaming.stream_url, station.base), {
      headers: { range: `bytes=${middle}-${middle + 99}` },
    });
    expect(reply.status).toBe(206);
    expect(reply.headers.get('content-range')).toBe(`bytes ${middle}-${middle + 99}/${streaming.file_size}`);
    expect((await reply.arrayBuffer()).byteLength).toBe(100);
  });
});
