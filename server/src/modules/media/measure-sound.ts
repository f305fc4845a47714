import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MediaInfo, MediaLabels, MediaTools, SoundAnalysis } from '../../kernel/media/tools.ts';
import type { CommittedFile } from '../../kernel/storage/storage.ts';
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
export interface MeasuredSound extends MediaLabels {
  sound: SoundAnalysis;
  waveformPath: string;
  spectrogramPath: string;
  detailsPath: string;
  coverPath: string;
}

/** Measures, draws, and reads what the file says of itself. */
export async function measureSound(media: MediaTools, request: SoundToMeasure): Promise<MeasuredSound> {
  const { inputPath, source, folder, signal, onProgress } = request;
  const inFolder = (name: string) => path.join(folder, name);
  const paths = {
    waveformPath: inFolder('waveform.dat'),
    spectrogramPath: inFolder('spectrogram.png'),
    detailsPath: inFolder('analysis.json'),
    coverPath: inFolder('cover.jpg'),
  };
  const labels = await media.readLabels({ inputPath, source, coverPath: paths.coverPath, signal });
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
