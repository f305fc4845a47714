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
        <p
          key={notice.id}
          className="flex items-center gap-4 rounded-(--radius) bg-ink px-4 py-2 text-paper shadow-float"
        >
          {notice.text}
          {notice.action !== null && (
            <button
              type="button"
              className="pointer-events-auto -mr-2 min-h-9 rounded-[4px] px-2 font-medium underline underline-offset-3 outline-paper"
              onClick={() => {
                notice.action?.act();
                notices.dismiss(notice);
              }}
            >
              {notice.action.label}
            </button>
          )}
        </p>
      ))}
    </div>
  );
}
