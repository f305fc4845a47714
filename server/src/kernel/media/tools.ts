import type { FilePlace } from '../storage/storage.ts';
import type { SoundFault } from './analysis/find-faults.ts';
import type { SoundFigures } from './analysis/sound-figures.ts';
import type { SiteFetchRequest, SiteFile } from './fetch-from-site.ts';
import type { JoinRequest } from './join-sounds.ts';
import type { MarkedChapter } from './marked-chapter.ts';
import type { ProcessRequest, ProcessResult } from './run-process.ts';
import type { ExtractedSpeech, ExtractSpeechRequest, SpeechPlan, SpeechPlanRequest } from './speech.ts';

/** Which programs do the media work, and what they can do. */
export interface ToolsInfo {
  ffmpegPath: string;
  ffprobePath: string;
  /** As the program says it, e.g. `5.1.9-0+deb12u1`. */
  version: string;
  /** Older than 4.4: works, but with known faults; see `notice`. */
  isOld: boolean;
  /** One sentence for the operator at start, null when all is well. */
  notice: string | null;
  /** Names from our own list (`wantedEncoders`, `wantedFilters`) that this build has. */
  encoders: ReadonlySet<string>;
  filters: ReadonlySet<string>;
  muxers: ReadonlySet<string>;
}

/** What a local file really is, decided by its content and never by its name. */
export interface MediaInfo {
  /** Short container name: `mp3`, `mp4`, `ogg`, `wav`, `flac`, `matroska`, … */
  container: string;
  mimeType: string;
  /** ffmpeg's codec name of the chosen audio stream, e.g. `mp3`, `aac`, `pcm_s16le`. */
  codec: string;
  /** Exact to the millisecond: decoded when the container does not say or cannot be believed. */
  durationMs: number;
  sampleRate: number;
  channels: number;
  bitrateKbps: number | null;
  /** A moving picture; cover art does not count. */
  hasVideo: boolean;
  audioStreamIndex: number;
  tags: MediaTags;
}

/** Tags as text without control characters, shortened; absent when empty. */
export interface MediaTags {
  title?: string;
  artist?: string;
  album?: string;
  date?: string;
  genre?: string;
}

/** `aac` is AAC in an M4A file whose index comes first; `opus` is Ogg Opus. */
export type EncodeFormat = 'mp3' | 'aac' | 'opus' | 'flac' | 'wav';

/** One file that a run is to make. */
export interface EncodeOutput {
  /** Temporary path to write; the container comes from `format`, not from this name. */
  path: string;
  format: EncodeFormat;
  /** Constant bit rate for mp3 (64–320), target for aac and opus, ignored for flac and wav. */
  bitrateKbps: number;
  /** Default: as the source, at most 2. */
  channels?: 1 | 2;
  /** Hz, at most 48,000. Default: as the source where the format allows it. */
  sampleRate?: number;
  /** Default: as loud as the source. */
  level?: LevelChange;
}

/** One gain for the whole sound, and a limit for the peaks that it would carry too high. */
export interface LevelChange {
  gainDb: number;
  /** dBTP that no peak may pass; null where the gain leaves them all below anyway. */
  ceilingDb: number | null;
}

/** One source and all that is made of it in a single decode. */
export interface EncodeRequest {
  inputPath: string;
  /** What `probe` said of the input. */
  source: MediaInfo;
  outputs: EncodeOutput[];
  /** The title that is written, and with `tags` the only text; nothing else of the source's is passed on. */
  title?: string;
  /** Written where the format has them; `title` comes before theirs. */
  tags?: MediaTags;
  /** A JPEG that goes, made smaller, into formats that hold a picture: MP3, M4A, FLAC and Opus. */
  coverPath?: string;
  /** 0..1, never backwards, at most a few times a second. */
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}

/** An output that has been opened again and found whole. */
export interface EncodedFile extends EncodeOutput {
  mimeType: string;
  sizeBytes: number;
  /** As it is heard: without what the encoder adds and its header marks, which MP3 and Opus count as theirs. */
  durationMs: number;
}

/** A source, and where what is drawn of it goes. */
export interface AnalyseRequest {
  inputPath: string;
  source: MediaInfo;
  /** Where the finest waveform is written: see waveform-file.ts for the format. */
  waveformPath: string;
  /** Where the spectrogram is written, a PNG. */
  spectrogramPath: string;
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}

/** What was measured of a sound, and what is wrong with it. */
export interface SoundAnalysis extends SoundFigures {
  faults: SoundFault[];
}

/** A source whose tags are read, and where its cover art goes. */
export interface LabelsRequest {
  inputPath: string;
  source: MediaInfo;
  /** A JPEG is written here when the file has a picture that can be read. */
  coverPath: string;
  signal?: AbortSignal;
}

/** What a file says of itself. */
export interface MediaLabels {
  tags: MediaTags;
  hasCover: boolean;
}

/** A source whose chapters are read. */
export interface ChaptersRequest {
  inputPath: string;
  source: MediaInfo;
  signal?: AbortSignal;
}

/** A source whose fingerprint is taken. */
export interface FingerprintRequest {
  inputPath: string;
  source: MediaInfo;
  signal?: AbortSignal;
}

/** Peaks and rms at a chosen resolution, each −1..1 (peaks alternate min, max) and 0..1 (rms). */
export interface Waveform {
  peaks: number[];
  rms: number[];
  sampleRate: number;
  durationMs: number;
}

/** The media programs behind functions; every child they start dies with `stop` and with this process. */
export interface MediaTools {
  readonly info: ToolsInfo;
  /** Throws MediaError. */
  probe(path: string, options?: { signal?: AbortSignal }): Promise<MediaInfo>;
  /** One run for all outputs, each checked afterwards. Throws MediaError; leaves no output behind on failure. */
  encode(request: EncodeRequest): Promise<EncodedFile[]>;
  /** Decodes once, measures, and writes waveform and spectrogram. Runs beside `encode`: they share nothing. */
  analyse(request: AnalyseRequest): Promise<SoundAnalysis>;
  /** Tags, and cover art as a new JPEG of at most 1,000 pixels a side. A picture that is damaged is none. */
  readLabels(request: LabelsRequest): Promise<MediaLabels>;
  /** The chapters that the file itself marks; none when it has none or they can't be read. */
  readChapters(request: ChaptersRequest): Promise<MarkedChapter[]>;
  /** What the beginning sounds like, in 32-bit values; null where ffmpeg has no Chromaprint. Throws MediaError. */
  fingerprint(request: FingerprintRequest): Promise<Int32Array | null>;
  /** One FLAC of several files in turn. Throws MediaError or the signal's reason; leaves no output behind then. */
  joinSounds(request: JoinRequest): Promise<void>;
  /** Where yt-dlp is; null without one. */
  readonly ytdlpPath: string | null;
  /** What yt-dlp says it is, null without one that runs; asked once. */
  ytdlpVersion(): Promise<string | null>;
  /** Lets yt-dlp fetch the sound of a page into a folder. Throws SiteFetchFailed or the signal's reason. */
  fetchFromSite(request: Omit<SiteFetchRequest, 'ytdlpPath'>): Promise<SiteFile>;
  /** Reads a waveform file at `points` points (fewer when the sound has fewer samples). */
  readWaveform(place: FilePlace, points: number): Promise<Waveform>;
  /** Decodes once and says where to cut for speech recognition. Throws MediaError or the signal's reason. */
  planSpeechChunks(request: SpeechPlanRequest): Promise<SpeechPlan>;
  /** Writes one chunk as engines take it. Throws MediaError or the signal's reason; leaves no output behind then. */
  extractSpeech(request: ExtractSpeechRequest): Promise<ExtractedSpeech>;
  /** Where another program is on PATH, or null. */
  findProgram(name: string): Promise<string | null>;
  /** Runs another program as ours are: own group, niceness, deadline, ended with this process. Throws ProcessFailed. */
  runProgram(request: ProcessRequest): Promise<ProcessResult>;
  /** Kills every child of this process and refuses new ones. */
  stop(): Promise<void>;
}

/** Why media work failed; `hostile` is a file that points elsewhere (playlists, concat scripts). */
export type MediaFailure =
  | 'not-audio'
  | 'broken'
  | 'no-audio-stream'
  | 'timeout'
  | 'hostile'
  | 'storage-full'
  | 'tool-failed';

/** A typed failure of media work; `detail` is a sentence that a person may read, without paths. */
export class MediaError extends Error {
  readonly failure: MediaFailure;
  constructor(failure: MediaFailure, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'MediaError';
    this.failure = failure;
  }
}
