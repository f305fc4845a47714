import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SoundAnalyser } from './sound-analyser.ts';
import type { AnalysisThreadData, FromAnalysis, ToAnalysis } from './thread-messages.ts';

/** The analysis in a thread of its own: samples come in, figures and files go out at the end. */
const options: AnalysisThreadData = workerData;
const analyser = new SoundAnalyser(options);

// Linux counts niceness by thread; elsewhere this would slow the whole process.
if (process.platform === 'linux' && options.niceness > 0) setPriority(0, options.niceness);

parentPort?.on('message', (message: ToAnalysis) => {
  if ('end' in message) return finish();
  analyser.push(new Float32Array(message.samples));
  answer({ taken: true });
});

function finish(): void {
  const found = analyser.finish();
  answer({ found });
  parentPort?.close();
}

function answer(message: FromAnalysis): void {
  parentPort?.postMessage(message);
}
