import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Speech, speak, wordsOf } from '../server/test/speech/flite.ts';
import { openBrowser, soundOf } from './harness/browser.ts';
import { faultsOf, openSignedIn, openWindow, untilHeard } from './harness/page.ts';
import { missingParts } from './harness/parts.ts';
import { makeTone } from './harness/sound.ts';
import { type Station, startStation, until } from './harness/station.ts';
import { uploadPieces } from './harness/upload.ts';

const skip = missingParts('ffmpeg', 'chromium', 'flite', 'pocketsphinx');
const TEXT = new URL('../server/test/speech/council-meeting.txt', import.meta.url);
/**
 * The words that carry sense and are said once in the text, in its order: written down from the text alone. The
 * first ten that the engine heard right are searched; that it hears most is measured elsewhere, and asked here.
 */
const TELLING = (
  'morning meeting question bridge river mayor members spring million dollars teacher north school budget tuesday ' +
  'people price water future market hospital doctors nurses winter patience night'
).split(' ');
const searchedWords = 10;
const toleratedSeconds = 0.5;
const TITLE = 'City council';

/** What was said in the sitting, as someone's captions have it: with accents, which nobody types. */
const FRENCH_VTT = `WEBVTT

00:00:01.000 --> 00:00:05.000
<v La présidente>La séance est reprise.

00:00:06.000 --> 00:00:12.500
<v La présidente>Une question sur la <00:00:08.000>cantine <00:00:08.600>de <00:00:09.000>l’école <00:00:10.000>des <00:00:10.400>Tilleuls.

00:00:13.000 --> 00:00:19.000
<v Solène Cariou>À l’école des Tilleuls, les élèves déjeunent en trois services.

00:00:20.000 --> 00:00:26.000
<v Solène Cariou>Le dépassement du délai n’est plus acceptable.
`;

/** Writes down every second that the page sends the sound to. */
async function rememberSeeks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'currentTime');
    if (own?.set === undefined) return;
    const { set } = own;
    Object.defineProperty(HTMLMediaElement.prototype, 'currentTime', {
      ...own,
      set(this: HTMLMediaElement, seconds: number) {
        Object.assign(window, { soughtSeconds: seconds });
        set.call(this, seconds);
      },
    });
  });
}

/** Presses play at the place of the address: where the sound was sent, once it is heard from there. */
async function playedFrom(page: Page): Promise<number> {
  await page
    .getByRole('button', { name: /^Écouter(?: à [\d:]+)?$/ })
    .first()
    .click();
  const { seconds } = await until(
    () => soundOf(page),
    (sound) => sound.isPlaying && sound.seconds > 0,
  );
  const sought = await page.evaluate(
    () => (window as unknown as { soughtSeconds?: number }).soughtSeconds ?? Number.NaN,
  );
  expect(seconds).toBeGreaterThanOrEqual(sought - 0.1);
  return sought;
}

const searchField = (page: Page) =>
  page.getByRole('searchbox', { name: 'Chercher dans tout ce qui est dit' });
/** The first sentence found in one sound, known by its page. */
const hitIn = (page: Page, soundPath: string) =>
  page
    .locator(`main a[data-result][href^="${soundPath}?"][href*="t="]`)
    .filter({ has: page.locator('mark') })
    .first();

describe.skipIf(skip !== null)(`first words${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  let folder: string;
  let station: Station;
  let browser: Browser;
  let speech: Speech;
  let recordingPath: string;
  let debatPath: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-words-'));
    [station, browser, speech] = await Promise.all([
      startStation(),
      openBrowser(),
      readFile(TEXT, 'utf8').then((text) => speak({ text, folder })),
    ]);
    await station.signIn();
    debatPath = await publishFrenchSitting();
  });
  afterAll(async () => {
    await browser?.close();
    await station?.clean();
    await rm(folder, { recursive: true, force: true });
  });

  /** A débat of half a minute, without a text: nobody here understands French. */
  async function publishFrenchSitting(): Promise<string> {
    const sound = await readFile(await makeTone(folder, 30));
    const { body } = await uploadPieces(station, { title: 'Conseil', filename: 'conseil.mp3' }, [sound]);
    const recording_id = (JSON.parse(body) as { id: string }).id;
    const sheet = { title: 'Conseil des Tilleuls', type: 'commission', date: '2026-11-20', recording_id };
    const { id } = await station.json<{ id: string }>('POST', '/api/debats', sheet);
    await untilHeard(station, id);
    return `/archive/${id}`;
  }

  const truthOf = (word: string): number => {
    const said = speech.words.filter(({ text }) => text === word);
    if (said.length !== 1 || said[0] === undefined) throw new Error(`${word} is said ${said.length} times`);
    return said[0].startMs / 1000;
  };

  it('makes text of an uploaded speech by itself, beside its sound', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/recordings/new');
    await page.getByLabel('Langue parlée').selectOption('en');
    await page.getByLabel('Titre').fill(TITLE);
    await page.getByLabel('Fichiers').setInputFiles(speech.path);
    await page.getByRole('link', { name: 'Ouvrir' }).click({ timeout: 60_000 });
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    recordingPath = new URL(page.url()).pathname;
    await page.getByRole('button', { name: 'Écouter' }).first().click({ timeout: 60_000 });
    await until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && seconds > 0.3,
    );
    await page.locator('body').press('k');
    const sentences = page.getByRole('group', { name: 'Phrases' });
    await sentences.waitFor({ timeout: 120_000 });
    expect(await sentences.innerText()).toContain('council');
    expect(complaints).toEqual([]);
    await close();
  });

  /** The telling words that are in the text that was recognised. */
  async function wordsHeard(): Promise<string[]> {
    const { segments } = await station.json<{ segments: { text: string }[] }>(
      'GET',
      `/api${recordingPath}/transcript`,
    );
    const heard = new Set(wordsOf(segments.map(({ text }) => text).join(' ')));
    return TELLING.filter((word) => heard.has(word));
  }

  /** Searches a word, opens its first result, plays it: the second that the page sent the sound to. */
  async function landOn(page: Page, word: string): Promise<number> {
    await page.goto(`${station.base}/search`);
    await searchField(page).fill(word);
    const hit = hitIn(page, recordingPath);
    await hit.waitFor();
    expect((await hit.locator('mark').first().textContent())?.toLowerCase()).toBe(word);
    await hit.click();
    await page.waitForURL((address) => address.pathname === recordingPath);
    expect(new URL(page.url()).searchParams.get('q')).toBe(word);
    await page.locator('[data-sentence] mark').first().waitFor();
    return playedFrom(page);
  }

  it('lands on the second of ten searched words', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/search');
    await rememberSeeks(page);
    const heard = await wordsHeard();
    expect(heard.length, heard.join(' ')).toBeGreaterThanOrEqual(TELLING.length * 0.7);
    const off: Record<string, number> = {};
    for (const word of heard.slice(0, searchedWords))
      off[word] = Number(((await landOn(page, word)) - truthOf(word)).toFixed(2));
    console.info('seconds off', off);
    expect(Object.entries(off).filter(([, seconds]) => Math.abs(seconds) > toleratedSeconds)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('plays a result in place, without leaving the page', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/search?q=bridge');
    await page
      .getByRole('button', { name: `Écouter « ${TITLE} » à` })
      .first()
      .click();
    const { seconds } = await until(
      () => soundOf(page),
      (sound) => sound.isPlaying && sound.seconds > truthOf('bridge') - toleratedSeconds,
    );
    expect(seconds).toBeLessThan(truthOf('bridge') + 5);
    expect(new URL(page.url()).pathname).toBe('/search');
    expect(complaints).toEqual([]);
    await close();
  });

  it('takes French captions, and finds their words without their accents', async () => {
    const own = await openSignedIn(browser, station, debatPath);
    await own.page.getByText('Ce son n’a pas encore de texte.').waitFor();
    await own.page.getByText('Ce serveur n’a pas de quoi reconnaître cette langue : français.').waitFor();
    await own.page.getByLabel('Fichier de texte minuté').setInputFiles({
      name: 'séance.vtt',
      mimeType: 'text/vtt',
      buffer: Buffer.from(FRENCH_VTT),
    });
    await own.page.getByRole('button', { name: /Une question sur la cantine/ }).waitFor();
    await own.page.getByText('Texte importé, calé sur le son.').waitFor();
    expect(own.complaints).toEqual([]);
    await own.close();
    const { page, complaints, close } = await openWindow(browser, `${station.base}/search`);
    await rememberSeeks(page);
    for (const [typed, marked, seconds] of [
      ['ecole cantine', /cantine|école/, 8],
      ['eleves', /élèves/, 13],
      ['DELAI', /délai/, 20],
    ] as const) {
      await page.goto(`${station.base}/search`);
      await searchField(page).fill(typed);
      const hit = hitIn(page, debatPath);
      await hit.locator('mark', { hasText: marked }).first().waitFor();
      await hit.click();
      await page.waitForURL((address) => address.pathname === debatPath);
      await page.locator('[data-sentence] mark', { hasText: marked }).first().waitFor();
      const landed = await playedFrom(page);
      // Where a caption has no times of words, the place within it is reckoned from the text.
      expect(landed, typed).toBeGreaterThanOrEqual(seconds - toleratedSeconds);
      expect(landed, typed).toBeLessThan(seconds + 6.5);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('is led by the keyboard alone, from a word to its sound', async () => {
    const { page, complaints, close } = await openWindow(browser, `${station.base}/archive`);
    await page.getByRole('heading', { level: 1, name: 'Archive' }).waitFor();
    await page.keyboard.press('/');
    await searchField(page).waitFor();
    await until(
      () => page.evaluate(() => document.activeElement?.hasAttribute('data-search')),
      (isThere) => isThere === true,
      10,
    );
    await page.keyboard.type('dejeunent');
    await hitIn(page, debatPath).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    for (let stop = 0; stop < 6; stop++) {
      if ((await page.evaluate(() => document.activeElement?.querySelector('mark')?.textContent)) != null)
        break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`${debatPath}.*q=dejeunent`));
    const sentence = page.getByRole('button', { name: /les élèves déjeunent/ });
    await sentence.waitFor();
    for (let stop = 0; stop < 40; stop++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.hasAttribute('data-sentence'))) break;
    }
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const sound = await until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && seconds > 5,
    );
    expect(sound.seconds).toBeLessThan(11);
    await page.locator('[data-sentence][aria-current="true"]', { hasText: 'cantine' }).waitFor();
    await page.keyboard.press('Space');
    await until(
      () => soundOf(page),
      ({ isPlaying }) => !isPlaying,
      10,
    );
    expect(complaints).toEqual([]);
    await close();
  });

  it('is sound on every new page, wide and narrow, light and dark', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/search?q=ecole');
    await hitIn(page, debatPath).waitFor();
    expect(await faultsOf(page), 'results').toEqual([]);
    const rooms: [string, () => Promise<void>][] = [
      ['/search', () => page.getByText('Cherchez un mot prononcé').waitFor()],
      ['/search?q=introuvable', () => page.getByText('Rien de tel n’a été dit').waitFor()],
      ['/transcriptions', () => page.getByText('pocketsphinx').first().waitFor()],
      ['/transcriptions?status=error', () => page.getByText('Aucune transcription dans cet état.').waitFor()],
      [`${debatPath}?t=8&q=ecole`, () => page.locator('[data-sentence] mark').first().waitFor()],
      [`${recordingPath}?q=bridge`, () => page.locator('[data-sentence] mark').first().waitFor()],
    ];
    for (const [address, isThere] of rooms) {
      await page.goto(`${station.base}${address}`);
      await isThere();
      expect(await faultsOf(page), address).toEqual([]);
    }
    expect(complaints).toEqual([]);
    await close();
  });
});
