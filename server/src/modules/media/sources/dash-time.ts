/** `PT1H2M3.5S` in milliseconds; null for what is none. Years and months have no fixed length and are refused. */
export function durationMs(text: string | undefined): number | null {
  const found = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,10}(?:\.\d{1,12})?)S)?)?$/.exec(
    text ?? '',
  );
  if (!found) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}

/** `$Number%05d$`, `$Time$`, `$RepresentationID$`, `$Bandwidth$`, `$$` (ISO/IEC 23009-1 §5.3.9.4.4). */
export function fillTemplate(
  template: string,
  values: { representation: string; bandwidth: number; number?: number; time?: bigint },
): string {
  return template.replace(
    /\$(?:(RepresentationID|Number|Bandwidth|Time)(?:%0(\d{1,2})d)?)?\$/g,
    (all, name: string | undefined, width: string | undefined) => {
      if (name === undefined) return '$';
      const value =
        name === 'RepresentationID'
          ? values.representation
          : name === 'Number'
            ? values.number
            : name === 'Time'
              ? values.time
              : values.bandwidth;
      return value === undefined ? all : String(value).padStart(Number(width ?? 0), '0');
    },
  );
}
