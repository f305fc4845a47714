import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, soundOf } from './harness/browser.ts';
import { faultsOf, openSignedIn, openWindow, untilHeard, type Window } from './harness/page.ts';
import { missingParts } from './harness/parts.ts';
import { makeTone } from './harness/sound.ts';
import { type Station, startStation, until } from './harness/station.ts';
import { uploadPieces } from './harness/upload.ts';

const skip = missingParts('ffmpeg', 'chromium');
const soundSeconds = 120;
const sentenceSeconds = 3;
const sentences = soundSeconds / sentenceSeconds;

/** `Phrase 7 du conseil municipal, sur le budget.`: three seconds each, every word with its time. */
const textOf = (index: number) => `Phrase ${index} du conseil municipal, sur le budget.`;
const wordEverySeconds = 0.3;

/** The sentences as WebVTT, a cue for each and a time for each word. */
function vtt(count: number): string {
  const clock = (seconds: number) => new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23);
  const cues = Array.from({ length: count }, (_, index) => {
    const start = index * sentenceSeconds;
    const [first = '', ...rest] = textOf(index).split(' ');
    const timed = rest.map((word, at) => `<${clock(start + (at + 1) * wordEverySeconds)}> ${word}`);
    const speaker = index % 20 < 10 ? 'Anne Le Goff' : 'Luc Morvan';
    return `${clock(start)} --> ${clock(start + sentenceSeconds - 0.2)}\n<v ${speaker}>${first}${timed.join('')}`;
  });
  return `WEBVTT\n\n${cues.join('\n\n')}\n`;
}

const sentence = (page: Page, index: number) => page.locator(`[data-sentence="${index}"]`);
const heardSentence = (page: Page, index: number) =>
  page.locator(`[data-sentence="${index}"][aria-current="true"]`);
/** Where an element stands in the window: 0 at its top, 1 at its foot. */
const standing = (page: Page, index: number) =>
  sentence(page, index).evaluate((element) => element.getBoundingClientRect().top / innerHeight);

describe.skipIf(skip !== null)(`the transcript${skip ? ` [skipped: ${skip}]` : ''}`, () => {
  let folder: string;
  let station: Station;
  let browser: Browser;
  let bareId: string;
  let bareDebatId: string;
  let recordingId: string;
  let debatId: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-transcript-'));
    [station, browser] = await Promise.all([
      startStation({ env: { TRANSCRIPTION_ENGINE: 'none' } }),
      openBrowser(),
    ]);
    await station.signIn();
    const sound = await readFile(await makeTone(folder, soundSeconds));
    const [bare, told] = await Promise.all([bring(sound, 'Conseil muet'), bring(sound, 'Conseil municipal')]);
    bareId = bare.recordingId;
    bareDebatId = bare.debatId;
    recordingId = told.recordingId;
    debatId = told.debatId;
    const form = new FormData();
    form.set('language', 'fr');
    form.set('file', new File([vtt(sentences)], 'conseil.vtt'));
    const reply = await fetch(`${station.base}/api/recordings/${recordingId}/transcript`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await station.signIn()}` },
      body: form,
    });
    expect(reply.status, await reply.clone().text()).toBe(201);
  });
  afterAll(async () => {
    await browser?.close();
    await station?.clean();
    await rm(folder, { recursive: true, force: true });
  });

  /** A sound in the archive. */
  async function bring(sound: Uint8Array, title: string): Promise<{ recordingId: string; debatId: string }> {
    const { body } = await uploadPieces(station, { title, filename: 'conseil.mp3' }, [sound]);
    const { id } = JSON.parse(body) as { id: string };
    const sheet = { title, type: 'commission', date: '2026-11-20', recording_id: id };
    const debat = await station.json<{ id: string }>('POST', '/api/debats', sheet);
    await untilHeard(station, debat.id);
    return { recordingId: id, debatId: debat.id };
  }

  const openDebat = (search = ''): Promise<Window> =>
    openWindow(browser, `${station.base}/archive/${debatId}${search}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
  const playing = (page: Page, isEnough: (seconds: number) => boolean) =>
    until(
      () => soundOf(page),
      ({ isPlaying, seconds }) => isPlaying && isEnough(seconds),
      20,
    );

  it('says nothing of text to who may not make one, and how to get one to who may', async () => {
    const anyone = await openWindow(browser, `${station.base}/archive/${bareDebatId}`);
    await anyone.page.getByRole('button', { name: 'Écouter' }).first().waitFor();
    await anyone.page.getByText('Télécharger').first().waitFor();
    expect(await anyone.page.getByText(/texte/).count()).toBe(0);
    await anyone.close();
    const { page, complaints, close } = await openSignedIn(browser, station, `/recordings/${bareId}`);
    await page.getByText('Ce son n’a pas encore de texte.').waitFor();
    await page.getByLabel('Langue parlée').selectOption('en');
    await page.getByText('Installez pocketsphinx').waitFor();
    expect(await page.getByRole('button', { name: 'Reconnaître la parole' }).isDisabled()).toBe(true);
    expect(await faultsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel('Fichier de texte minuté').setInputFiles({
      name: 'faux.vtt',
      mimeType: 'text/vtt',
      buffer: Buffer.from('rien de tel'),
    });
    await page
      .getByRole('alert')
      .getByText(/Ce fichier/)
      .waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);
    await page.getByLabel('Langue parlée').selectOption('fr');
    const dropped = await page.evaluateHandle((text) => {
      const carried = new DataTransfer();
      carried.items.add(new File([text], 'conseil.vtt', { type: 'text/vtt' }));
      return carried;
    }, vtt(sentences));
    await page.getByText('Déposez-le ici').dispatchEvent('drop', { dataTransfer: dropped });
    await sentence(page, 0).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('plays from the word that is pressed, and marks what is heard', async () => {
    const { page, complaints, close } = await openDebat();
    await sentence(page, 7).scrollIntoViewIfNeeded();
    const place = await sentence(page, 7).evaluate((element) => {
      const node = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode() as Text;
      const range = document.createRange();
      const from = node.data.indexOf('municipal');
      range.setStart(node, from);
      range.setEnd(node, from + 'municipal'.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    });
    await page.mouse.click(place.x, place.y);
    const word = 7 * sentenceSeconds + 4 * wordEverySeconds;
    const { seconds } = await playing(page, (at) => at >= word - 0.1);
    expect(seconds).toBeLessThan(word + 2);
    await heardSentence(page, 7).waitFor();
    await heardSentence(page, 8).waitFor();
    await heardSentence(page, 8).locator('span.underline').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is walked and played by keys, and copies a sentence with its address', async () => {
    const { page, complaints, close } = await openDebat();
    await sentence(page, 0).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('c');
    await page.getByText('Phrase copiée, à 0:06').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `«\u202f${textOf(2)}\u202f»\nAnne Le Goff, Conseil municipal, 0:06\n${station.base}/archive/${debatId}?t=0:06`,
    );
    await page.keyboard.press('Enter');
    await playing(page, (at) => at >= 6);
    await page.keyboard.press('Space');
    await until(
      () => soundOf(page),
      ({ isPlaying }) => !isPlaying,
      10,
    );
    await page.keyboard.press('End');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(textOf(sentences - 1));
    expect(complaints).toEqual([]);
    await close();
  });

  it('follows the sound until the reader scrolls, and again when asked', async () => {
    const { page, complaints, close } = await openDebat('?t=30');
    await until(
      () => standing(page, 10),
      (share) => Math.abs(share - 0.32) < 0.05,
      10,
    );
    await page.getByRole('region', { name: 'Lecteur' }).getByRole('button', { name: 'Écouter' }).click();
    await playing(page, (at) => at > 30);
    await page.mouse.move(500, 400);
    await page.mouse.wheel(0, -2000);
    const follow = page.getByRole('button', { name: 'Suivre le son' });
    await follow.waitFor();
    const left = await page.evaluate(() => scrollY);
    await heardSentence(page, 12).waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(left);
    await follow.click();
    const place = await until(
      () =>
        page.locator('[data-sentence][aria-current="true"]').evaluate((e) => e.getBoundingClientRect().top),
      (top) => top > 60 && top < 700,
      10,
    );
    expect(place).toBeGreaterThan(60);
    expect(await follow.count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it('finds words in the text, marks them, goes round them, and keeps them in the address', async () => {
    const { page, complaints, close } = await openDebat();
    await sentence(page, 0).waitFor();
    await page.keyboard.press('f');
    await page.keyboard.type('phrase 37');
    await until(
      () => page.locator('[data-sentence] mark').count(),
      (count) => count > 0,
      10,
    );
    await page.waitForURL(/q=phrase\+37/);
    const field = page.getByRole('searchbox', { name: 'Chercher dans le texte' });
    await field.fill('budgets');
    await page.getByText(`${sentences} fois`).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(`1 sur ${sentences}`).waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.getByText(`${sentences} sur ${sentences}`).waitFor();
    const current = page.locator('mark[data-current]');
    expect(await current.textContent()).toBe('budget');
    await until(
      () => current.evaluate((element) => element.getBoundingClientRect().top / innerHeight),
      (share) => share > 0 && share < 0.9,
      10,
    );
    await field.fill('introuvable');
    await page.getByText('Absent du texte').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('keeps its lines short, and speakers in the margin', async () => {
    const { page, close } = await openDebat();
    await sentence(page, 0).waitFor();
    expect(await page.getByText('Anne Le Goff').first().isVisible()).toBe(true);
    const longest = await page.evaluate(() => {
      const lengths: number[] = [];
      const range = document.createRange();
      for (const paragraph of Array.from(document.querySelectorAll('p:has([data-sentence])'))) {
        const lines = new Map<number, number>();
        const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          for (let at = 0; at < (node as Text).length; at++) {
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const { bottom, width } = range.getBoundingClientRect();
            if (width > 0) lines.set(Math.round(bottom / 10), (lines.get(Math.round(bottom / 10)) ?? 0) + 1);
          }
        }
        lengths.push(...lines.values());
      }
      return Math.max(...lengths);
    });
    expect(longest).toBeGreaterThan(40);
    expect(longest).toBeLessThanOrEqual(68);
    await close();
  });

  /** A request as the server shows it, in a state that would have to be caught in passing. */
  async function stubWork(page: Page, change: Record<string, unknown>): Promise<void> {
    await page.route(/\/api\/transcriptions\?/, async (route) => {
      const response = await route.fetch();
      const list = (await response.json()) as { transcriptions: { recording_id: string }[]; total: number };
      const made = list.transcriptions.find((one) => one.recording_id === recordingId);
      await route.fulfill({
        response,
        json: { ...list, transcriptions: [{ ...made, ...change }], total: 1 },
      });
    });
  }

  it('tells how far work is and how long still, and keeps the text that is there', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/archive');
    const began = new Date(Date.now() - 60_000).toISOString();
    await stubWork(page, { status: 'processing', progress: 25, processing_start_time: began });
    await page.goto(`${station.base}/transcriptions`);
    await page.getByRole('button', { name: 'Annuler la transcription de Conseil municipal' }).waitFor();
    await page.getByText('encore 3 min').waitFor();
    await page.goto(`${station.base}/recordings/${recordingId}`);
    await page.getByText('La parole est en cours de reconnaissance.').waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('25');
    await page.getByText('Encore 3 min environ.').waitFor();
    await page.getByRole('button', { name: 'Annuler' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('says why work failed, what was kept, and lets one try again', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/archive');
    const error = { status: 'error', error_code: 'transcription.engine-refused-key', error_message: 'No.' };
    await stubWork(page, error);
    await page.goto(`${station.base}/recordings/${recordingId}`);
    await page.getByText('Le texte n’a pas pu être fait.').waitFor();
    await page.getByText(/refuse notre clé/).waitFor();
    const asked = page.waitForRequest(/\/retry$/);
    await page.getByRole('button', { name: 'Réessayer' }).click();
    expect((await asked).method()).toBe('POST');
    await page.getByRole('alert').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([expect.stringContaining('409')]);
    await close();
  });

  it('deletes from the room, but not before one could think again', async () => {
    const { page, complaints, close } = await openSignedIn(browser, station, '/archive');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Rechercher, aller à' }).fill('transcriptions');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/transcriptions$/);
    const remove = page.getByRole('button', { name: 'Supprimer la transcription de Conseil municipal' });
    await remove.click();
    await remove.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Annuler', exact: true }).click();
    await remove.waitFor();
    const gone = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await remove.click();
    expect((await gone).status()).toBe(200);
    await remove.waitFor({ state: 'detached' });
    await page.goto(`${station.base}/recordings/${recordingId}`);
    await page.getByText('Ce son n’a pas encore de texte.').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
