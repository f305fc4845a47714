import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { complaintsOf, rememberSound } from './browser.ts';
import { ADMIN, type Station, until } from './station.ts';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

export interface Window {
  page: Page;
  complaints: string[];
  close(): Promise<void>;
}

/** A reader's window of its own: no cookie, nothing kept, in French unless the options say otherwise. */
export async function openWindow(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({
    locale: 'fr-FR',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await rememberSound(page);
  const complaints = complaintsOf(page);
  await page.goto(address);
  return { page, complaints, close: () => context.close() };
}

/** Fills in the door as a person does, wherever in the page it was met. */
export async function passTheDoor(page: Page, password = ADMIN.password): Promise<void> {
  await page.getByLabel('E-mail ou nom d’utilisateur').fill(ADMIN.email);
  await page.getByLabel('Mot de passe', { exact: true }).fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Se connecter' }).click();
}

/** A window already signed in as the administrator, at an address of the station. */
export async function openSignedIn(
  browser: Browser,
  station: Station,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const target = `/sign-in?return=${encodeURIComponent(address)}`;
  const window = await openWindow(browser, `${station.base}${target}`, options);
  await passTheDoor(window.page);
  await window.page.waitForURL(`${station.base}${address}`);
  return window;
}

export interface Sample {
  debatId: string;
  recordingId: string;
}

/** Waits until a débat has its sound. */
export const untilHeard = (station: Station, id: string): Promise<{ has_audio: boolean }> =>
  until(
    () => station.json<{ has_audio: boolean }>('GET', `/api/debats/${id}`),
    (debat) => debat.has_audio,
  );

/** The sample of the third set-up screen, ready to be heard. */
export async function bringSample(station: Station): Promise<Sample> {
  const sample = await station.json<{ debate_ids: string[]; recording_ids: string[] }>(
    'POST',
    '/api/setup/sample',
  );
  const [debatId, recordingId] = [sample.debate_ids[0], sample.recording_ids[0]];
  if (debatId === undefined || recordingId === undefined) throw new Error('the sample names nothing');
  await untilHeard(station, debatId);
  return { debatId, recordingId };
}

/** Makes a window's uploads slow, each of their bytes counted as it leaves: a relay's buffers would swallow them. */
export async function slowUploads(page: Page, bytesPerSecond: number): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

interface AxeFinding {
  id: string;
  impact: string | null;
  nodes: { target: string[] }[];
}

/** What axe-core holds against the page as it stands, from serious upwards: `rule: place`. */
export async function seriousFindings(page: Page, rules: 'all' | 'contrast' = 'all'): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  if (!isThere) await page.evaluate(await readFile(AXE, 'utf8'));
  const findings = await page.evaluate(async (isAll) => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: AxeFinding[] }> };
    };
    const runOnly = isAll ? {} : { runOnly: ['color-contrast'] };
    return (await axe.run({ resultTypes: ['violations'], ...runOnly })).violations;
  }, rules === 'all');
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** How far the page is wider than its window, in CSS pixels. */
export const sidewaysOverflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Wide and narrow have elements of their own; light and dark differ in their colours alone, one for all widths. */
const looks = [
  { width: 1280, height: 900, colorScheme: 'light', rules: 'all' },
  { width: 1280, height: 900, colorScheme: 'dark', rules: 'contrast' },
  { width: 375, height: 760, colorScheme: 'dark', rules: 'all' },
] as const;

/** What is wrong with the page as it stands, wide and narrow, light and dark: nothing, one hopes. */
export async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const { width, height, colorScheme, rules } of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-theme="${colorScheme}"]`).waitFor({ state: 'attached' });
    const overflow = await sidewaysOverflow(page);
    if (overflow > 0) faults.push(`${width} wide: ${overflow} px stand out sideways`);
    const findings = await seriousFindings(page, rules);
    faults.push(...findings.map((finding) => `${width} wide, ${colorScheme}: ${finding}`));
  }
  return faults;
}
