import { useState } from 'react';
import { useMay } from '../../app-services.ts';
import { formatLanguage } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { BringText } from './bring-text.tsx';
import type { Transcript } from './transcription.ts';

interface TranscriptOriginProps {
  transcript: Transcript;
  recordingId: string;
  language: string | null;
}

/** Where a text comes from, and how far to trust it; another may take its place. */
export function TranscriptOrigin({ transcript, recordingId, language }: TranscriptOriginProps) {
  const { t, language: reader } = useText();
  const mayRequest = useMay('transcription.request');
  const [isReplacing, setReplacing] = useState(false);
  const { source, engine, language: spoken } = transcript;
  const name = spoken === null ? null : formatLanguage(spoken, reader);
  return (
    <div className="mt-4 border-t border-line pt-3 md:pl-38">
      <p className="text-note text-faint">
        {source === 'import'
          ? t('transcript.imported')
          : t('transcript.recognised', { engine: engine ?? t('transcript.someEngine') })}
        {name !== null && ` ${t('transcript.inLanguage', { language: name })}`}
      </p>
      {mayRequest && !isReplacing && (
        <Button look="quiet" className="mt-1" onClick={() => setReplacing(true)}>
          {t('transcript.replace')}
        </Button>
      )}
      {isReplacing && (
        <BringText
          recordingId={recordingId}
          language={spoken ?? language}
          isFirst={false}
          onDone={() => setReplacing(false)}
        />
      )}
    </div>
  );
}
