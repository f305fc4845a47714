import { type Browser, chromium, type Page } from 'playwright-core';
import { partPath } from './parts.ts';

/** Debian's Chromium without a screen; the network beyond loopback is closed. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: partPath('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

/** A recording without a text says so by a 404, which the browser itself writes down: an answer, no fault. */
const noTextYet = /404 .*\/api\/recordings\/[^/]+\/transcript$/;

/** Collects what the page complains about: errors, refused requests, policy violations. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const complaint = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && !noTextYet.test(complaint)) complaints.push(complaint);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

export interface Sound {
  isPlaying: boolean;
  seconds: number;
  duration: number;
}

/** Keeps hold of whatever element the page plays, which need not be in its document. */
export async function rememberSound(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
      Object.assign(window, { heardElement: this });
      return play.call(this);
    };
  });
}

/** What is heard in the page right now. */
export function soundOf(page: Page): Promise<Sound> {
  return page.evaluate(() => {
    const element = (window as unknown as { heardElement?: HTMLMediaElement }).heardElement;
    if (!element) return { isPlaying: false, seconds: 0, duration: 0 };
    return { isPlaying: !element.paused, seconds: element.currentTime, duration: element.duration };
  });
}
