import { createHmac } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type Sound, soundOf } from '../harness/browser.ts';
import { layLine } from '../harness/line.ts';
import { openWindow } from '../harness/page.ts';
import { until } from '../harness/station.ts';
import { type Shared, SIGNING_KEY } from './shared.ts';

/** Waits until what is heard satisfies. */
const heard = (page: Page, isEnough: (sound: Sound) => boolean, seconds = 20): Promise<Sound> =>
  until(() => soundOf(page), isEnough, seconds);

/** Waits until the sound plays on, at the second or soon after it. */
async function heardFrom(page: Page, second: number): Promise<void> {
  const sound = await heard(page, ({ isPlaying, seconds }) => isPlaying && seconds > second + 0.2);
  expect(sound.seconds).toBeLessThan(second + 4);
}

const rateOf = (page: Page) =>
  page.evaluate(
    () => (window as unknown as { heardElement: HTMLMediaElement }).heardElement.defaultPlaybackRate,
  );

/** The qualities whose pieces a page asks for, one after the other. */
function qualitiesStreamed(page: Page): string[] {
  const names: string[] = [];
  page.on('request', (request) => {
    const name = /\/hls\/[^/]+\/([^/]+)\/[^/]+\.(?:m4s|mp3)$/.exec(new URL(request.url()).pathname)?.[1];
    if (name !== undefined) names.push(name);
  });
  return names;
}

/** The player, on a débat whose sound is there in three qualities. */
export function describePlayer(shared: Shared): void {
  describe('the player', () => {
    const openDebat = (search = '') =>
      openWindow(shared.browser, `${shared.station.base}/archive/${shared.sample.debatId}${search}`, {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
    const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();

    it('opens an address at its second and obeys the keys', async () => {
      const { page, complaints, close } = await openDebat('?t=1:02');
      await press(page, 'Écouter à 1:02');
      await heardFrom(page, 62);
      await page.locator('body').press('Space');
      const paused = await heard(page, ({ isPlaying }) => !isPlaying);
      const jumps: [string, number][] = [
        ['ArrowRight', 5],
        ['l', 15],
        ['j', 5],
        ['ArrowLeft', 0],
      ];
      for (const [key, fromPause] of jumps) {
        await page.keyboard.press(key);
        const { seconds } = await soundOf(page);
        expect(seconds - paused.seconds, key).toBeCloseTo(fromPause, 1);
      }
      await page.keyboard.press('>');
      expect(await rateOf(page)).toBe(1.25);
      await page.keyboard.press('<');
      expect(await rateOf(page)).toBe(1);
      await page.keyboard.press('c');
      const place = `1:0${Math.floor(paused.seconds) - 60}`;
      await page.getByText(`Adresse copiée, à ${place}`).waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toBe(`${shared.station.base}/archive/${shared.sample.debatId}?t=${place}`);
      await page.keyboard.press('k');
      await heard(page, ({ isPlaying }) => isPlaying);
      expect(complaints).toEqual([]);
      await close();
    });

    it('plays on while pages change, and comes back to its second after a reload', async () => {
      const { page, complaints, close } = await openDebat('?t=0:30');
      await press(page, 'Écouter à 0:30');
      await heardFrom(page, 30);
      await page.getByRole('link', { name: 'Archive' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'Archive' }).waitFor();
      await page.getByRole('link', { name: 'Se connecter' }).click();
      await page.getByRole('heading', { level: 1, name: 'Se connecter' }).waitFor();
      const { isPlaying, seconds } = await soundOf(page);
      expect(isPlaying).toBe(true);
      expect(seconds).toBeGreaterThan(30);
      await page.goto(`${shared.station.base}/archive/${shared.sample.debatId}`);
      await press(page, /^Reprendre à 0:3\d$/);
      await heardFrom(page, Math.floor(seconds));
      expect(complaints).toEqual([]);
      await close();
    });

    it('streams in the quality that the line carries, and comes back at its second when the network does', async () => {
      const line = await layLine(shared.station.port);
      const { page, close } = await openWindow(
        shared.browser,
        `${line.base}/archive/${shared.sample.debatId}`,
      );
      const streamed = qualitiesStreamed(page);
      await page.getByRole('link', { name: /Télécharger MP3/ }).waitFor();
      // Slow enough that the end of the sound is not there yet when the line goes.
      line.setPace(60_000);
      await press(page, 'Écouter');
      await heardFrom(page, 0);
      expect(streamed.at(-1)).toBe('low');
      line.setPace(9_000);
      await until(
        async () => streamed.at(-1),
        (quality) => quality === 'mobile',
        30,
      );
      line.cut();
      const timeline = page.getByRole('slider').first();
      await timeline.focus();
      await page.keyboard.press('PageUp');
      await page.keyboard.press('PageUp');
      await page.getByText(/^Connexion perdue, reprise à 2:\d\d…$/).waitFor({ timeout: 30_000 });
      const place = Number(await timeline.getAttribute('aria-valuenow'));
      expect(place).toBeGreaterThanOrEqual(120);
      line.mend();
      line.setPace(Number.POSITIVE_INFINITY);
      await heardFrom(page, place - 1);
      await close();
      await line.close();
    });

    it('plays and seeks in every quality chosen by hand, and keeps the choice', async () => {
      const { page, complaints, close } = await openDebat();
      const streamed = qualitiesStreamed(page);
      await press(page, 'Écouter');
      await heardFrom(page, 0);
      await page.getByRole('button', { name: 'Réglages de l’écoute' }).click();
      const quality = page.getByLabel('Qualité');
      const timeline = page.getByRole('slider', { name: 'Position dans le son' }).first();
      const steps = [
        { name: 'medium', from: 0, key: 'PageUp', to: 60 },
        { name: 'mobile', from: 60, key: 'PageUp', to: 120 },
        { name: 'low', from: 120, key: 'PageDown', to: 60 },
      ];
      for (const { name, from, key, to } of steps) {
        await quality.selectOption(name);
        await until(
          async () => streamed.at(-1),
          (last) => last === name,
          10,
        );
        await heard(page, ({ isPlaying, seconds }) => isPlaying && seconds > from);
        await timeline.press(key);
        const { seconds } = await heard(
          page,
          (sound) => sound.isPlaying && Math.abs(sound.seconds - to) < 12,
        );
        await heard(page, (sound) => sound.seconds > seconds + 0.2);
      }
      await page.reload();
      await press(page, /^Reprendre à/);
      await heard(page, ({ isPlaying, seconds }) => isPlaying && seconds > 60);
      expect(streamed.at(-1)).toBe('low');
      await page.getByRole('button', { name: 'Réglages de l’écoute' }).click();
      await quality.selectOption('auto');
      expect(complaints).toEqual([]);
      await close();
    });

    it('asks for a new address when its own has ended', async () => {
      const recording = `/api/recordings/${shared.sample.recordingId}`;
      // What is public opens by any address.
      await shared.station.json('PATCH', recording, { visibility: 'private' });
      const { page, close } = await openDebat();
      const ended = Math.floor(Date.now() / 1000) - 3600;
      const sig = createHmac('sha256', SIGNING_KEY)
        .update(`${shared.sample.recordingId}|${ended}`)
        .digest('hex');
      const answers: number[] = [];
      page.on('response', (response) => {
        if (new URL(response.url()).pathname.endsWith('/master.m3u8')) answers.push(response.status());
      });
      let asked = 0;
      // The page asks for its downloads first: what is asked from now on is for the sound.
      await page.getByRole('link', { name: /Télécharger MP3/ }).waitFor();
      await page.route('**/streaming', async (route) => {
        asked += 1;
        if (asked > 1) return route.continue();
        const response = await route.fetch();
        const streaming = (await response.json()) as { hls_url: string };
        const address = new URL(streaming.hls_url, shared.station.base);
        address.searchParams.set('expires', String(ended));
        address.searchParams.set('sig', sig);
        await route.fulfill({ response, json: { ...streaming, hls_url: address.href } });
      });
      await press(page, 'Écouter');
      await heardFrom(page, 0);
      expect(asked).toBe(2);
      expect(answers).toEqual([403, 200]);
      await close();
      await shared.station.json('PATCH', recording, { visibility: 'public' });
    });

    it('is led by the keyboard alone, from the palette to the sound', async () => {
      const { page, complaints, close } = await openWindow(shared.browser, `${shared.station.base}/sign-in`);
      await page.getByRole('heading', { level: 1, name: 'Se connecter' }).waitFor();
      await page.keyboard.press('Control+k');
      const palette = page.getByRole('combobox', { name: 'Rechercher, aller à' });
      await palette.waitFor();
      await page.keyboard.type('cantine');
      await page.getByRole('option', { name: /Questions à l’exécutif/ }).waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: /Questions à l’exécutif/ }).waitFor();
      await page.keyboard.press('Control+k');
      await palette.waitFor();
      await page.keyboard.press('ArrowDown');
      expect(await page.getByRole('option', { selected: true }).textContent()).toBe('Recherche');
      await page.keyboard.press('Escape');
      await palette.waitFor({ state: 'detached' });
      for (let stop = 0; stop < 20; stop++) {
        await page.keyboard.press('Tab');
        const name = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
        if (name === 'Écouter') break;
      }
      await page.keyboard.press('Enter');
      await heardFrom(page, 0);
      await page.keyboard.press('?');
      const keys = page.getByRole('dialog', { name: 'Raccourcis clavier' });
      await keys.getByText('Copier l’adresse de cet instant').waitFor();
      await page.keyboard.press('Escape');
      await keys.waitFor({ state: 'detached' });
      await page.keyboard.press('/');
      await page.getByRole('searchbox', { name: 'Chercher dans tout ce qui est dit' }).waitFor();
      await until(
        () => page.evaluate(() => document.activeElement?.hasAttribute('data-search')),
        (isSearch) => isSearch === true,
        5,
      );
      expect((await soundOf(page)).isPlaying).toBe(true);
      expect(complaints).toEqual([]);
      await close();
    });
  });
}
