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
}

/** Where a text comes from, and how far to trust it; another may take its place. */
export function TranscriptOrigin({ transcript, recordingId }: TranscriptOriginProps) {
  const { t, language: reader } = useText();
  const mayRequest = useMay('transcription.request');
  const [isReplacing, setReplacing] = useState(false);
  const { source, engine, language: spoken } = transcript;
  return (
    <div className="mt-4 border-t border-line pt-3 md:pl-38">
      <p className="text-note text-faint">
        {source === 'import'
          ? t('transcript.imported')
          : t('transcript.recognised', { engine: engine ?? t('transcript.someEngine') })}
        {` ${t('transcript.inLanguage', { language: formatLanguage(spoken, reader) })}`}
      </p>
      {mayRequest && !isReplacing && (
        <Button look="quiet" className="mt-1" onClick={() => setReplacing(true)}>
          {t('transcript.replace')}
        </Button>
      )}
      {isReplacing && (
        <BringText
          recordingId={recordingId}
          language={spoken}
          isFirst={false}
          onDone={() => setReplacing(false)}
        />
      )}
    </div>
  );
}
