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

/** Collects what the page complains about: errors, refused requests, policy violations. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
