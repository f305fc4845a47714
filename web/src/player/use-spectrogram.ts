import { addressOf } from '@antenne/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useMay, useServices } from '../app-services.ts';
import { spectrumOf } from './measured.ts';

const signedForMs = 3_600_000;

/** How dark a colour of the server's palette is meant, 0 to 255: it goes from black to pale yellow. */
const levelOf = (red: number, green: number, blue: number) => 0.3 * red + 0.59 * green + 0.11 * blue;

/** Draws a picture anew in one ink: what is loud covers the paper, what is silent lets it through. */
function inInk(picture: HTMLImageElement, ink: string): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null || canvas.width === 0) return null;
  context.fillStyle = ink;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  context.drawImage(picture, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const level = levelOf(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
    data[at + 3] = level;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

const inkOfPage = () => getComputedStyle(document.documentElement).getPropertyValue('--ink').trim();

/** The colour of the ink, which changes with the appearance. */
function useInk(): string {
  const [ink, setInk] = useState(inkOfPage);
  useEffect(() => {
    const themes = new MutationObserver(() => setInk(inkOfPage()));
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => themes.disconnect();
  }, []);
  return ink;
}

/** Where the picture is to be had: an image carries no token, so the address is signed where one must be. */
function useAddress(recordingId: string | null) {
  const { session } = useServices();
  const maySign = useMay('media.read');
  return useQuery({
    queryKey: ['spectrogram', recordingId, maySign],
    queryFn: async () => {
      const path = { id: recordingId ?? '' };
      if (!maySign) return addressOf('', '/api/recordings/{id}/spectrogram.png', { path });
      const body = { path: 'spectrogram.png' } as const;
      return (await session.client.post('/api/recordings/{id}/sign', { path, body })).url;
    },
    enabled: recordingId !== null,
    staleTime: signedForMs,
  });
}

/** The spectrogram of a recording in the ink of the page, once it is wanted, and the top of it in hertz. */
export function useSpectrogram(recordingId: string | null) {
  const { session } = useServices();
  const spectrum = useQuery({
    ...spectrumOf(session.client, recordingId ?? ''),
    enabled: recordingId !== null,
  });
  const address = useAddress(spectrum.isSuccess ? recordingId : null);
  const ink = useInk();
  const [picture, setPicture] = useState<HTMLImageElement | null>(null);
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    if (address.data === undefined) return;
    const image = new Image();
    image.onload = () => setPicture(image);
    image.onerror = () => setBroken(true);
    image.src = address.data;
    return () => {
      image.onload = null;
      setPicture(null);
      setBroken(false);
    };
  }, [address.data]);
  useEffect(() => setCanvas(picture === null ? null : inInk(picture, ink)), [picture, ink]);
  return {
    canvas: recordingId === null ? null : canvas,
    topHertz: spectrum.data?.nyquist_hz ?? null,
    problem: spectrum.error ?? address.error ?? (isBroken ? new Error('the picture did not come') : null),
  };
}
