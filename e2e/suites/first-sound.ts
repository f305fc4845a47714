import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { soundOf } from '../harness/browser.ts';
import { openWindow } from '../harness/page.ts';
import { until } from '../harness/station.ts';
import type { Shared } from './shared.ts';

export const SPEECH =
  'Mesdames et messieurs, la séance est ouverte. Nous examinons ce matin la qualité de l’eau dans les écoles. ' +
  'La parole est à la rapporteure, pour dix minutes. Je rappelle que chaque groupe dispose ensuite de cinq minutes.';

interface Debat {
  id: string;
  status: string;
  has_audio: boolean;
  audio_files: { is_ready: boolean }[];
}

/** From a video's address to sound in the page; `addressOf` tells where the video is served. */
export function describeFirstSound(
  shared: Pick<Shared, 'station' | 'browser'>,
  addressOf: () => string,
): void {
  describe('first sound', () => {
    it('brings a spoken video from its address, telling its progress', async () => {
      const token = await shared.station.signIn();
      const source_url = addressOf();
      const debat = await shared.station.json<Debat>('POST', '/api/debats', {
        title: 'La qualité de l’eau dans les écoles',
        type: 'commission',
        date: '2026-11-20',
        source_url,
      });
      const heard: string[] = [];
      const socket = new WebSocket(
        `${shared.station.base.replace('http', 'ws')}/ws?client_id=e2e&token=${token}`,
      );
      socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', channel: 'extractions' })));
      socket.on('message', (data) => heard.push((JSON.parse(String(data)) as { type: string }).type));
      await until(
        async () => heard,
        (types) => types.includes('subscribed'),
        10,
      );
      const asked = await shared.station.api('POST', `/api/debats/${debat.id}/extract`, { priority: 'high' });
      expect(asked.status, await asked.clone().text()).toBe(202);
      const ready = await until(
        () => shared.station.json<Debat>('GET', `/api/debats/${debat.id}`),
        ({ status }) => status === 'disponible' || status === 'erreur',
      );
      expect(ready).toMatchObject({ status: 'disponible', has_audio: true });
      await until(
        async () => heard,
        (types) => types.includes('extraction_started') && types.includes('extraction_completed'),
        10,
      );
      socket.close();
      const again = await shared.station.api('POST', '/api/debats', {
        title: 'Deux fois',
        type: 'autre',
        date: '2026-11-20',
        source_url,
      });
      expect(again.status).toBe(409);
      expect(await again.json()).toMatchObject({ debate_id: debat.id });
    });

    it('plays it in the page at the second of the address, and seeks', async () => {
      const { debats } = await shared.station.json<{ debats: Debat[] }>('GET', '/api/debats?q=ecoles');
      const id = debats[0]?.id ?? '';
      const address = `${shared.station.base}/archive/${id}?t=4`;
      const { page, complaints, close } = await openWindow(shared.browser, address);
      await page.getByRole('button', { name: 'Écouter' }).first().click();
      const started = await until(
        () => soundOf(page),
        ({ isPlaying, seconds }) => isPlaying && seconds > 4.2,
        20,
      );
      expect(started.seconds).toBeLessThan(9);
      expect(started.duration).toBeGreaterThan(10);
      await page.keyboard.press('ArrowRight');
      await until(
        () => soundOf(page),
        ({ seconds }) => seconds > started.seconds + 4.5,
        10,
      );
      await page.keyboard.press('Space');
      await until(
        () => soundOf(page),
        ({ isPlaying }) => !isPlaying,
        5,
      );
      await page.getByRole('link', { name: 'Archive' }).first().click();
      await page.waitForURL(/\/archive(\?|$)/);
      expect((await soundOf(page)).seconds).toBeGreaterThan(started.seconds);
      expect(complaints).toEqual([]);
      await close();
    });

    it('answers a range at any second without a token, through the signed address', async () => {
      const { debats } = await shared.station.json<{ debats: Debat[] }>('GET', '/api/debats?q=ecoles');
      const streaming = (await (
        await fetch(`${shared.station.base}/api/debats/${debats[0]?.id}/streaming`)
      ).json()) as {
        stream_url: string;
        file_size: number;
      };
      const middle = Math.floor(streaming.file_size / 2);
      const reply = await fetch(new URL(streaming.stream_url, shared.station.base), {
        headers: { range: `bytes=${middle}-${middle + 99}` },
      });
      expect(reply.status).toBe(206);
      expect(reply.headers.get('content-range')).toBe(
        `bytes ${middle}-${middle + 99}/${streaming.file_size}`,
      );
      expect((await reply.arrayBuffer()).byteLength).toBe(100);
    });
  });
}
