import { SiteFetchFailed } from '../../../kernel/media/fetch-from-site.ts';
import type { SiteFacts, SiteProgress } from '../../../kernel/media/ytdlp-output.ts';
import { AddressRefused, FetchFailed, tooLarge } from '../../../kernel/net/errors.ts';
import { type FilteringProxy, openFilteringProxy } from '../../../kernel/net/filtering-proxy.ts';
import { newFileKey } from '../keeping/file-keys.ts';
import type { Recording } from '../recording.ts';
import { type Found, plainlyFound } from '../sources/found.ts';
import { SourceFault } from '../sources/source-fault.ts';
import { webAddress } from '../sources/web-address.ts';
import type { ExtractionRun } from './extract-recording.ts';
import type { FetchedSound } from './fetch-original.ts';
import { takeSource } from './source-twin.ts';

/** Nothing that we understand on a page, or a host that only talks to browsers: yt-dlp may know better. */
export function mayKnowSite(error: unknown): boolean {
  if (error instanceof SourceFault) return error.code === 'no-sound-found' && error.isOfPage;
  return error instanceof FetchFailed && (error.status === 403 || error.status === 406);
}

/** Lets yt-dlp fetch it, whose only way out is a proxy of this run. `known` is what we found out by ourselves. */
export async function fetchBySite(
  run: ExtractionRun,
  recording: Recording,
  { known, maxBytes }: { known: unknown; maxBytes: number },
): Promise<FetchedSound> {
  const { context, signal } = run;
  const { storage, media, config } = context.kernel;
  run.note('site');
  const scratch = await storage.scratch();
  const proxy = await openFilteringProxy({ guard: context.guard, maxBytes });
  try {
    const { path, facts } = await media.fetchFromSite({
      address: recording.sourceUrl ?? '',
      folder: scratch.path,
      proxyUrl: proxy.url,
      maxBytes,
      deadlineMs: config.extractionTimeoutMs,
      signal,
      onProgress: (progress) => tellProgress(run, progress),
    });
    const found = foundBySite(facts, recording.sourceUrl ?? '');
    const page = webAddress(facts?.pageAddress, recording.sourceUrl ?? '');
    if (page !== null) await takeSource(context, run.key, recording, page);
    const key = newFileKey(run.key.organisationId, run.key.recordingId, 'original');
    return { file: await storage.adopt(path, key), filename: null, found };
  } catch (error) {
    throw reasonOf(error, proxy, known);
  } finally {
    await proxy.close();
    await scratch.remove();
  }
}

function tellProgress(run: ExtractionRun, progress: SiteProgress): void {
  const { receivedBytes, totalBytes, fragment, fragments } = progress;
  const share = totalBytes ? receivedBytes / totalBytes : fragment && fragments ? fragment / fragments : 0;
  run.report('fetch', share);
  if (fragment !== null && fragments !== null) run.note('segments', fragment, fragments);
  else run.note('site', receivedBytes, totalBytes);
}

/** The proxy knows better than yt-dlp why something could not be had; of a page that it doesn't know we do. */
function reasonOf(error: unknown, proxy: FilteringProxy, known: unknown): unknown {
  if (!(error instanceof SiteFetchFailed)) return error;
  if (proxy.isExhausted) return tooLarge();
  if (proxy.refusedHost !== null) {
    const sentence = 'This page leads to an address of a private network, which may not be fetched';
    return new AddressRefused('private', proxy.refusedHost, sentence);
  }
  return error.failure === 'unsupported' ? known : error;
}

function foundBySite(facts: SiteFacts | null, address: string): Found {
  const captions = (facts?.captions ?? []).flatMap((one) => {
    const whole = webAddress(one.address, address);
    return whole === null ? [] : [{ address: whole, language: one.language, isHls: false }];
  });
  return {
    ...plainlyFound('site'),
    title: facts?.title ?? null,
    language: facts?.language ?? null,
    captions,
    chapters: facts?.chapters ?? [],
  };
}
