import type { imports as French } from '../fr/imports.ts';

export const imports: typeof French = {
  imports: {
    title: 'Addresses asked for',
    found: {
      file: 'File',
      hls: 'HLS stream',
      dash: 'DASH stream',
      feed: 'Podcast episode',
      page: 'Page with a sound',
      site: 'Page read by yt-dlp',
    },
    step: {
      asking: 'Asking the host of the address',
      page: 'Reading the page',
      feed: 'Reading the podcast feed',
      playlist: 'Reading the list of the stream',
      download: 'Fetching the file',
      segments: 'Fetching the segments',
      site: 'Fetching through yt-dlp',
      joining: 'Joining the segments',
      captions: 'Captions and chapters',
      probe: 'Looking at the file',
      encode: 'Preparing and measuring',
    },
    segments: '{{done, number}} of {{total, number}} segments',
    bytes: '{{done}} of {{total}}',
    bytesSoFar: '{{done}} received',
    firstOne: 'Open the existing recording',
    cancel: 'Cancel {{title}}',
    retry: 'Try {{title}} again',
  },
};
