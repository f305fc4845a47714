import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MarkedChapter } from '../../../kernel/media/marked-chapter.ts';
import type { MediaInfo, MediaLabels, MediaTools, SoundAnalysis } from '../../../kernel/media/tools.ts';
import type { CommittedFile } from '../../../kernel/storage/storage.ts';
import { detailsOf } from './analysis.ts';
import type { NewAnalysis } from './analysis-repo.ts';

/** A file to measure, and the folder for what is made of it. */
export interface SoundToMeasure {
  inputPath: string;
  source: MediaInfo;
  folder: string;
  signal: AbortSignal;
  onProgress?: (fraction: number) => void;
}

/** What a file amounts to, still in its folder. */
export interface MeasuredSound extends SoundLabels {
  sound: SoundAnalysis;
  waveformPath: string;
  spectrogramPath: string;
  detailsPath: string;
}

/** What a file says of itself, with its picture in the folder. */
export interface SoundLabels extends MediaLabels {
  coverPath: string;
  /** As the file marks them. */
  chapters: MarkedChapter[];
}

/** Reads what a file says of itself; quick, since nothing of the sound is decoded. */
export async function readSoundLabels(media: MediaTools, request: SoundToMeasure): Promise<SoundLabels> {
  const { inputPath, source, folder, signal } = request;
  const coverPath = path.join(folder, 'cover.jpg');
  const labels = await media.readLabels({ inputPath, source, coverPath, signal });
  const chapters = await media.readChapters({ inputPath, source, signal });
  return { ...labels, coverPath, chapters };
}

/** Measures and draws; `labels` go along. */
export async function measureSound(
  media: MediaTools,
  request: SoundToMeasure,
  labels: SoundLabels,
): Promise<MeasuredSound> {
  const { inputPath, source, folder, signal, onProgress } = request;
  const inFolder = (name: string) => path.join(folder, name);
  const paths = {
    waveformPath: inFolder('waveform.dat'),
    spectrogramPath: inFolder('spectrogram.png'),
    detailsPath: inFolder('analysis.json'),
  };
  const { waveformPath, spectrogramPath } = paths;
  const sound = await media.analyse({
    inputPath,
    source,
    waveformPath,
    spectrogramPath,
    signal,
    ...(onProgress ? { onProgress } : {}),
  });
  await writeFile(paths.detailsPath, JSON.stringify(detailsOf(sound)));
  return { ...labels, sound, ...paths };
}

/** Moves the files into the storage by `keep`, which knows the recording. */
export async function keepMeasured(
  { sound, tags, hasCover, detailsPath, spectrogramPath, coverPath }: MeasuredSound,
  keep: (from: string, name: string) => Promise<CommittedFile>,
): Promise<NewAnalysis> {
  return {
    sound,
    tags,
    details: await keep(detailsPath, 'analysis.json'),
    spectrogram: await keep(spectrogramPath, 'spectrogram.png'),
    cover: hasCover ? await keep(coverPath, 'cover.jpg') : null,
  };
}
