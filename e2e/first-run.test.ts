import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, soundOf } from './harness/browser.ts';
import { bringSample, faultsOf, openWindow } from './harness/page.ts';
import { missingParts } from './harness/parts.ts';
import { makeSpokenMp4, serveFolder } from './harness/sound.ts';
import { ADMIN, startStation, until } from './harness/station.ts';
import { describeFirstSound, SPEECH } from './suites/first-sound.ts';
import { describeLook } from './suites/look.ts';
import type { Shared } from './suites/shared.ts';

const skip = missingParts('ffmpeg', 'espeak', 'chromium');
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name }).waitFor();

describe.skipIf(skip !== null)(`a new station${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  // Filled as the station comes to be; what the suites keep is this object.
  const shared = {} as Shared;
  let folder: string;
  let media: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-first-'));
    const [station, browser] = await Promise.all([
      startStation({ withoutAdmin: true }),
      openBrowser(),
      makeSpokenMp4(folder, SPEECH),
    ]);
    Object.assign(shared, { station, browser });
    media = await serveFolder(folder);
  });
  afterAll(async () => {
    await shared.browser?.close();
    await shared.station?.clean();
    await media?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes from nothing to hearing something in three screens, which look as they should', async () => {
    const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(shared.station.output())?.[0];
    expect(link, shared.station.output()).toBeDefined();
    const { page, complaints, close } = await openWindow(shared.browser, link ?? '');
    await heading(page, /Comment s’appelle/);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('textbox').fill('Radio Valmont');
    await page.getByRole('button', { name: 'Continuer' }).click();
    await heading(page, 'Qui tient les clés');
    await page.getByRole('button', { name: 'Ouvrir la station' }).click();
    await page.getByText('Une adresse complète').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Nom d’utilisateur').fill('claire');
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Mot de passe', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Ouvrir la station' }).click();
    await heading(page, 'Et maintenant, du son.');
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: /Écouter l’exemple/ }).click();
    await until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && seconds > 0.5,
      60,
    );
    expect(complaints).toEqual([]);
    await close();
    await shared.station.signIn();
    shared.sample = await bringSample(shared.station);
  });

  describeFirstSound(shared, () => `${media.base}/speech.mp4`);
  describeLook(shared);
});
