import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { bringSample, faultsOf, openSignedIn, openWindow, type Sample } from './harness/page.ts';
import { missingParts } from './harness/parts.ts';
import { ADMIN, type Station, startStation } from './harness/station.ts';

const skip = missingParts('ffmpeg', 'chromium');
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name }).waitFor();

describe.skipIf(skip !== null)(`how the page looks${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  let station: Station;
  let browser: Browser;
  let sample: Sample;

  beforeAll(async () => {
    station = await startStation({ withoutAdmin: true });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await station?.clean();
  });

  it('is sound on the three screens of the first run', async () => {
    const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(station.output())?.[0] ?? '';
    const { page, complaints, close } = await openWindow(browser, link);
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
    expect(complaints).toEqual([]);
    await close();
    await station.signIn();
    sample = await bringSample(station);
  });

  it.each([
    ['/sign-in', 'Se connecter'],
    ['/setup', 'Cette station est déjà ouverte'],
    ['/archive', 'Archive'],
    ['/nowhere', 'Rien à cette adresse'],
  ])('is sound at %s, signed out', async (address, name) => {
    const { page, complaints, close } = await openWindow(browser, `${station.base}${address}`);
    await heading(page, name);
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('is sound in the rooms of whoever is signed in, with the player open', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, `/archive/${sample.debatId}`);
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
      [`/recordings/${sample.recordingId}`, /Questions à l’exécutif/],
      ['/recordings/new', 'Apporter un son'],
    ];
    for (const [address, name] of rooms) {
      await page.goto(`${station.base}${address}`);
      await heading(page, name);
      expect(await faultsOf(page), address).toEqual([]);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('is sound with the menu, the palette and the list of keys open', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/archive');
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
    const { page, close } = await openWindow(browser, `${station.base}/sign-in`);
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
    const { page, close } = await openWindow(browser, `${station.base}/archive`, options);
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
