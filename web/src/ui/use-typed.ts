import { useEffect, useRef, useState } from 'react';

/**
 * What is typed, ahead of the address: it reaches the address after a pause, and an address that changes from
 * elsewhere reaches what is typed.
 */
export function useTyped(
  value: string,
  onSettled: (typed: string) => void,
  pauseMs: number,
): [string, (typed: string) => void, () => void] {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);
  const send = useRef(onSettled);
  send.current = onSettled;
  const latest = useRef(typed);
  latest.current = typed;
  const settle = useRef(() => {
    if (latest.current === sent.current) return;
    sent.current = latest.current;
    send.current(latest.current);
  }).current;
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(settle, pauseMs);
    return () => clearTimeout(timer);
  }, [typed, pauseMs, settle]);
  return [typed, setTyped, settle];
}
