/** What one run of yt-dlp is asked to do. */
export interface YtdlpWish {
  address: string;
  /** The run's own folder: nothing else is written to. */
  folder: string;
  maxBytes: number;
}

/** The file's name in the folder: never one that a site has chosen, with an ending that it chose. */
export const mediaName = 'media';
/** Prefixes of our own lines on standard output. */
export const linePrefix = { progress: 'antenne-progress', found: 'antenne-found' } as const;

/** Only what is fetched over HTTP, which the proxy sees; no rtmp, mms, websocket. */
const byHttp = "[protocol~='^(https?|http_dash_segments|m3u8|m3u8_native)$']";
/** Sound alone; else a small film, since its sound is that of the large one. */
const selector = [`ba${byHttp}`, `b[height<=480]${byHttp}`, `b${byHttp}`, `ba*${byHttp}`].join('/');

const foundFields = [
  'title',
  'description',
  'duration',
  'webpage_url',
  'extractor_key',
  'language',
  'is_live',
  'chapters',
  'subtitles',
].join(',');
const progressFields = ['downloaded_bytes', 'total_bytes', 'fragment_index', 'fragment_count']
  .map((name) => `%(progress.${name})s`)
  .join(' ');

/**
 * Everything that yt-dlp could do beside fetching one file is off: settings and plug-ins of the machine, cookies,
 * programs to run afterwards or to download with, other files, lists.
 */
export function ytdlpArgs({ address, folder, maxBytes }: YtdlpWish): string[] {
  return [
    ...['--ignore-config', '--no-cache-dir', '--no-cookies', '--no-cookies-from-browser', '--no-exec'],
    ...['--no-playlist', '--playlist-items', '1', '--match-filter', '!is_live'],
    ...['--default-search', 'error', '--no-geo-bypass', '--no-warnings', '--no-colors'],
    ...['--downloader', 'native', '--ffmpeg-location', `${folder}/none`, '--fixup', 'never'],
    ...[
      '--no-mtime',
      '--no-write-subs',
      '--no-write-thumbnail',
      '--no-write-info-json',
      '--no-embed-metadata',
    ],
    ...['--socket-timeout', '30', '--retries', '3', '--fragment-retries', '3', '--extractor-retries', '2'],
    ...['--abort-on-unavailable-fragment', '--max-filesize', String(maxBytes)],
    ...['-f', selector, '-o', mediaName],
    ...['--no-simulate', '--print', `before_dl:${linePrefix.found} %(.{${foundFields}})j`],
    ...['--progress', '--newline'],
    ...['--progress-template', `download:${linePrefix.progress} ${progressFields}`],
    ...['--', address],
  ];
}

/** A home of its own, no plug-ins, and the proxy as the only way out. */
export function ytdlpEnvironment(folder: string, proxyUrl: string): Record<string, string> {
  return {
    HOME: folder,
    TMPDIR: folder,
    XDG_CONFIG_HOME: folder,
    XDG_CACHE_HOME: folder,
    PYTHONNOUSERSITE: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
    YTDLP_NO_PLUGINS: '1',
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    all_proxy: proxyUrl,
    no_proxy: '',
  };
}
