import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { soundOf } from '../harness/browser.ts';
import { faultsOf, openSignedIn, openWindow, type Window } from '../harness/page.ts';
import { until } from '../harness/station.ts';
import type { Shared } from './shared.ts';

const vtt = `WEBVTT

00:00.000 --> 00:04.000
La <00:01.000> séance <00:02.000> est <00:03.000> ouverte.

00:04.500 --> 00:07.500
Voici <00:05.500> l’eau.
`;

/** The page of a recording that has everything: faults, silences, chapters, a text; loaded once for all tests. */
export function describeRecording(shared: Shared): void {
  describe('the page of a recording', () => {
    let window: Window;
    let page: Page;

    const button = (name: string | RegExp) => page.getByRole('button', { name });
    const seconds = async () => (await soundOf(page)).seconds;
    const playing = (isThere: (seconds: number) => boolean) =>
      until(
        () => soundOf(page),
        (sound) => sound.isPlaying && isThere(sound.seconds),
        15,
      );

    beforeAll(async () => {
      const form = new FormData();
      form.set('language', 'fr');
      form.set('file', new File([vtt], 'seance.vtt'));
      const reply = await fetch(`${shared.station.base}/api/recordings/${shared.faultyId}/transcript`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await shared.station.signIn()}` },
        body: form,
      });
      expect(reply.status, await reply.clone().text()).toBe(201);
      window = await openSignedIn(shared.browser, shared.station, `/recordings/${shared.faultyId}`, {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      page = window.page;
    });
    afterAll(() => window?.close());

    it('says in words what is wrong, and leads to the first place of it', async () => {
      await page.getByText(/^Le côté gauche est muet dans 4\d\s% du son\.$/).waitFor();
      await page.getByText('Des crêtes dépassent le maximum.').waitFor();
      await page.getByText(/^Fond grisé.*silences, 8\ss en tout/).waitFor();
      await page.getByRole('img', { name: /^Sonie de −\d+/ }).waitFor();
      expect(await page.getByText('Radio Valmont').count()).toBe(1);
      await button('Écouter à 0:20').click();
      const { seconds: heard } = await playing((at) => at > 19);
      expect(heard).toBeLessThan(23);
      // What a headset and a lock screen are told.
      const told = await page.evaluate(() => {
        const { metadata, playbackState } = navigator.mediaSession;
        return { title: metadata?.title, playbackState };
      });
      expect(told).toEqual({ title: 'Séance abîmée', playbackState: 'playing' });
    });

    it('shows the frequencies on the same timeline', async () => {
      const timeline = page.getByRole('slider', { name: 'Position dans le son' }).first();
      const height = async () => (await timeline.boundingBox())?.height ?? 0;
      const plain = await height();
      await button('Montrer le spectrogramme').click();
      await page.getByText(/22,1\skHz en haut/).waitFor();
      await until(height, (tall) => tall > plain * 1.5, 10);
      expect(await faultsOf(page)).toEqual([]);
      await page.setViewportSize({ width: 1280, height: 900 });
      for (let closer = 0; closer < 3; closer++) await button('Agrandir la forme d’onde').click();
      // So close, the instant under the pointer is told to its tenth; a whole second has none to tell.
      let x = 0;
      const tellsTenths = async () => {
        x += 30;
        await timeline.hover({ position: { x, y: 20 } });
        return page.getByText(/^0:\d\d\.\d$/).count();
      };
      await until(tellsTenths, (told) => told === 1, 10);
      for (let further = 0; further < 3; further++) await button('Réduire la forme d’onde').click();
    });

    it('steps by chapter and by word, and leaves silences out', async () => {
      await page
        .getByRole('navigation', { name: 'Chapitres' })
        .getByRole('button', { name: 'Les cantines' })
        .click();
      await playing((at) => at >= 20);
      await page.keyboard.press('k');
      await page.getByRole('slider', { name: 'Position dans le son' }).first().press('Home');
      const steps: [string, number][] = [
        [']', 8],
        [']', 20],
        ['[', 8],
        ['[', 0],
        ['.', 1],
        ['.', 2],
        [',', 1],
        [']', 8],
      ];
      for (const [key, second] of steps) {
        await page.keyboard.press(key);
        expect(await seconds(), key).toBeCloseTo(second, 1);
      }
      await button('Réglages de l’écoute').click();
      await page.getByLabel('Sauter les silences').check();
      await page.keyboard.press('Escape');
      await page.keyboard.press('k');
      await playing((at) => at > 15.5 && at < 20);
      await page.keyboard.press('k');
      await button('Réglages de l’écoute').click();
      await page.getByText(/^Temps gagné/).waitFor();
      await page.getByLabel('Sauter les silences').uncheck();
      await page.keyboard.press('Escape');
    });

    it('makes another rendition, and plays it from the same second', async () => {
      await page.getByLabel('Format').selectOption('opus');
      await page.getByLabel('Sonie', { exact: true }).selectOption('online');
      await button('Demander').click();
      const play = button(/^Écouter OPUS\s128k, −16\sLUFS$/);
      await play.waitFor({ timeout: 30_000 });
      const before = await seconds();
      await play.click();
      await playing((at) => at > before);
      expect((await seconds()) - before).toBeLessThan(6);
      expect(await page.evaluate(() => document.title)).toContain('Séance abîmée');
      await page.keyboard.press('k');
    });

    it('makes a link that opens the sound without an account', async () => {
      await page.getByLabel('Ce qu’il ouvre').selectOption('hls');
      await button('Faire le lien').click();
      const address = await page.getByLabel('Lien', { exact: true }).inputValue();
      await button('Copier le lien').click();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);
      expect((await fetch(address)).status).toBe(200);
      const bare = address.split('?')[0] ?? '';
      expect((await fetch(bare)).status).toBe(404);
      expect(window.complaints).toEqual([]);
    });

    it('is not there for whoever may not hear it', async () => {
      const address = `${shared.station.base}/recordings/${shared.faultyId}`;
      const stranger = await openWindow(shared.browser, address);
      await stranger.page.getByRole('heading', { level: 1, name: 'Rien à cette adresse' }).waitFor();
      await stranger.close();
    });
  });
}
