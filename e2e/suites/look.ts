import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { faultsOf, openSignedIn, openWindow } from '../harness/page.ts';
import type { Shared } from './shared.ts';

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name }).waitFor();

/** How the pages look: nothing sticks out, nothing serious stands against them, wide and narrow, light and dark. */
export function describeLook(shared: Pick<Shared, 'station' | 'browser' | 'sample'>): void {
  describe('how the page looks', () => {
    it('is sound to whoever is not signed in', async () => {
      const pages = [
        ['/sign-in', 'Se connecter'],
        ['/setup', 'Cette station est déjà ouverte'],
        ['/archive', 'Archive'],
        ['/nowhere', 'Rien à cette adresse'],
      ] as const;
      const { page, complaints, close } = await openWindow(shared.browser, 'about:blank');
      for (const [address, name] of pages) {
        await page.goto(`${shared.station.base}${address}`);
        await heading(page, name);
        expect(await faultsOf(page), address).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await close();
    });

    it('is sound in the rooms of whoever is signed in, with the player open', async () => {
      const { page, complaints, close } = await openSignedIn(
        shared.browser,
        shared.station,
        `/archive/${shared.sample.debatId}`,
      );
      await page.getByRole('button', { name: 'Écouter' }).first().click();
      await page.getByRole('region', { name: 'Lecteur' }).waitFor();
      await page
        .getByRole('main')
        .getByRole('link', { name: /Télécharger MP3/ })
        .waitFor();
      expect(await faultsOf(page), 'a débat').toEqual([]);
      const rooms: [string, string | RegExp][] = [
        ['/archive', 'Archive'],
        ['/recordings', 'Enregistrements'],
        [`/recordings/${shared.sample.recordingId}`, /Questions à l’exécutif/],
        ['/recordings/new', 'Apporter un son'],
      ];
      for (const [address, name] of rooms) {
        await page.goto(`${shared.station.base}${address}`);
        await heading(page, name);
        expect(await faultsOf(page), address).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await close();
    });

    it('is sound with the menu, the palette and the list of keys open', async () => {
      const { page, complaints, close } = await openSignedIn(shared.browser, shared.station, '/archive');
      await page.getByRole('button', { name: 'Compte de claire' }).click();
      const menu = page.getByRole('menu');
      await menu.waitFor();
      expect(await faultsOf(page), 'menu').toEqual([]);
      await page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
      await page.keyboard.press('Control+k');
      const palette = page.getByRole('dialog', { name: 'Rechercher, aller à' });
      await palette.waitFor();
      expect(await faultsOf(page), 'palette').toEqual([]);
      await page.keyboard.press('Escape');
      await palette.waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Raccourcis clavier' }).waitFor();
      expect(await faultsOf(page), 'keys').toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    });

    it('changes its language, for assistive programs too, and keeps it', async () => {
      const { page, close } = await openWindow(shared.browser, `${shared.station.base}/sign-in`);
      expect(await page.locator('html').getAttribute('lang')).toBe('fr');
      await page.getByRole('button', { name: 'Réglages' }).click();
      await page.getByRole('menuitemradio', { name: 'English' }).click();
      await heading(page, 'Sign in');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      expect(await page.title()).toBe('Sign in — Radio Valmont');
      await page.reload();
      await heading(page, 'Sign in');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      await close();
    });

    it('keeps the chosen appearance and has it before the first paint', async () => {
      const options = { colorScheme: 'light' } as const;
      const { page, close } = await openWindow(shared.browser, `${shared.station.base}/archive`, options);
      await page.getByRole('button', { name: 'Réglages' }).click();
      await page.getByRole('menuitemradio', { name: 'Sombre' }).click();
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
      // Without the page's program, only what comes before the first paint can have set it.
      await page.route('**/assets/index-*.js', (route) => route.abort());
      await page.reload({ waitUntil: 'load' });
      expect(await page.locator('#page > *').count()).toBe(0);
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
      const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      expect(paper).toBe('rgb(20, 17, 15)');
      await close();
    });
  });
}
