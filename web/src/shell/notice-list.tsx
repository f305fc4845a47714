import { useSyncExternalStore } from 'react';
import { useServices } from '../app-services.ts';

/** The passing sentences, above the player; read aloud politely. */
export function NoticeList() {
  const { notices } = useServices();
  const shown = useSyncExternalStore(notices.subscribe, notices.getState);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-28 z-30 flex flex-col items-center gap-2 px-4"
    >
      {shown.map((notice) => (
        <p key={notice.id} className="rounded-(--radius) bg-ink px-4 py-2 text-paper shadow-float">
          {notice.text}
        </p>
      ))}
    </div>
  );
}
