import type { ReactNode } from 'react';

const shapes = {
  play: (
    <path
      d="M7 4.2v15.6a.6.6 0 0 0 .93.5l11.7-7.8a.6.6 0 0 0 0-1L7.93 3.7A.6.6 0 0 0 7 4.2Z"
      fill="currentColor"
      stroke="none"
    />
  ),
  pause: <path d="M6.5 4.5h3.4v15H6.5zM14.1 4.5h3.4v15h-3.4z" fill="currentColor" stroke="none" />,
  back: <path d="M11.5 5.5 5 12l6.5 6.5M19 5.5 12.5 12l6.5 6.5" />,
  forward: <path d="M12.5 5.5 19 12l-6.5 6.5M5 5.5l6.5 6.5L5 18.5" />,
  search: <path d="M16.2 16.2 21 21M10.5 18a7.5 7.5 0 1 1 0-15 7.5 7.5 0 0 1 0 15Z" />,
  link: (
    <path d="M9.5 14.5 14.5 9.5M7.5 11 5.2 13.3a4 4 0 0 0 5.6 5.6L13 16.5M11 7.5l2.2-2.3a4 4 0 0 1 5.6 5.6L16.5 13" />
  ),
  download: <path d="M12 3.5v12M6.8 10.5 12 15.7l5.2-5.2M4 20.5h16" />,
  close: <path d="m5.5 5.5 13 13M18.5 5.5l-13 13" />,
  plus: <path d="M12 4.5v15M4.5 12h15" />,
  minus: <path d="M4.5 12h15" />,
  chevron: <path d="m6 9.5 6 6 6-6" />,
  left: <path d="M14.5 5.5 8 12l6.5 6.5" />,
  right: <path d="M9.5 5.5 16 12l-6.5 6.5" />,
  up: <path d="M12 20V5M6 11l6-6 6 6" />,
  down: <path d="M12 4v15M6 13l6 6 6-6" />,
  settings: (
    <path d="M4 8h9M17.5 8H20M4 16h2.5M11 16h9M15.2 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM8.8 18.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z" />
  ),
  quote: <path d="M5 6.5h5v5.5a5 5 0 0 1-4 4.9M14 6.5h5v5.5a5 5 0 0 1-4 4.9" />,
  bin: <path d="M4.5 6.5h15M9.5 6.5V4h5v2.5M6.5 6.5l1 13.5h9l1-13.5M10.2 10.5v5.5M13.8 10.5v5.5" />,
  spectrum: <path d="M4 20.5h16M5.5 17v-3M9 17V8.5M12.5 17V4M16 17v-7M19 17v-4.5" />,
  tune: (
    <path d="M12 4v5M12 13v7M5.5 4v9.5M5.5 17.5V20M18.5 4v2.5M18.5 10.5V20M12 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM5.5 17.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM18.5 10.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z" />
  ),
  queue: <path d="M4 6h16M4 12h9M4 18h9M17.5 11.5v8M13.5 15.5h8" />,
  volume: <path d="M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />,
  mute: <path d="M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9.5l5 5M20.5 9.5l-5 5" />,
  check: <path d="m4.5 12.5 5 5 10-11" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

/** A drawing beside a name or a text: never alone, always silent to screen readers. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      {shapes[name]}
    </svg>
  );
}
